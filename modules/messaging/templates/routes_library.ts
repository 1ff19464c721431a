import { Type } from "@sinclair/typebox";
import { Elysia, t } from "elysia";
import { guard } from "#auth";
import { FileAnswer, Uuid, InWorkspace, OkResponse } from "#std";
import type { MediaDeps } from "../media/mod.ts";
import { addLibraryFile, deleteLibraryFile, listLibrary, serveLibraryFile } from "./media_store.ts";
import { LibraryFileList, LibraryFileResponse, LibraryQuery } from "./schema_media.ts";

const OfFile = Type.Object({ workspaceId: Uuid, mediaFileId: Uuid });
const tags = ["templates"];

/** The media library of a workspace: files that content sends. */
export function libraryRoutes(on: MediaDeps) {
  return new Elysia({ name: "messaging.library", prefix: "/workspaces/:workspaceId/media" })
    .use(guard(on))
    .get(
      "",
      async function getLibrary({ params, query }) {
        return await listLibrary(on, params.workspaceId, query);
      },
      {
        can: "campaigns:read",
        params: InWorkspace,
        query: LibraryQuery,
        response: LibraryFileList,
        detail: { operationId: "listMedia", summary: "List the media library", tags },
      },
    )
    .post(
      "",
      async function postFile({ params, body, principal, set }) {
        set.status = 201;
        return { file: await addLibraryFile(on, params.workspaceId, { ...body, by: principal }) };
      },
      {
        can: "templates:manage",
        params: InWorkspace,
        body: t.Object({ file: t.File() }, { contentMediaType: "multipart/form-data" }),
        response: { 201: LibraryFileResponse },
        detail: {
          operationId: "addMedia",
          summary: "Upload a file to the media library",
          description:
            "The type is detected from the bytes: images up to 8 MB; video, audio and other files up to 25 MB.",
          tags,
        },
      },
    )
    .get(
      "/:mediaFileId/file",
      async function getFile({ params, request }) {
        return await serveLibraryFile(on, { ...params, request });
      },
      {
        can: "campaigns:read",
        params: OfFile,
        response: FileAnswer,
        detail: { operationId: "readMediaFile", summary: "Download a file of the media library", tags },
      },
    )
    .delete(
      "/:mediaFileId",
      async function removeFile({ params }) {
        await deleteLibraryFile(on, params.workspaceId, params.mediaFileId);
        return { ok: true };
      },
      {
        can: "templates:manage",
        params: OfFile,
        response: OkResponse,
        detail: {
          operationId: "deleteMedia",
          summary: "Delete a file of the media library",
          description: "409 `file-in-use` while a template, campaign or message uses it.",
          tags,
        },
      },
    );
}
