import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { guard } from "#auth";
import { FileAnswer, Uuid } from "#std";
import type { MediaDeps } from "./deps.ts";
import { serveAttachment, servePicture } from "./serve.ts";

const tags = ["files"];

/** Files of messages and pictures of people, from our own storage. */
export function mediaRoutes(on: MediaDeps) {
  return new Elysia({ name: "messaging.media", prefix: "/workspaces/:workspaceId" })
    .use(guard(on))
    .get(
      "/attachments/:attachmentId/file",
      async function getAttachmentFile({ params, request }) {
        return await serveAttachment(on, { ...params, request });
      },
      {
        can: "conversations:read",
        params: Type.Object({ workspaceId: Uuid, attachmentId: Uuid }),
        response: FileAnswer,
        detail: { operationId: "readAttachmentFile", summary: "Download an attachment", tags },
      },
    )
    .get(
      "/contacts/:contactId/picture",
      async function getContactPicture({ params, request }) {
        return await servePicture(on, { ...params, request });
      },
      {
        can: "contacts:read",
        params: Type.Object({ workspaceId: Uuid, contactId: Uuid }),
        response: FileAnswer,
        detail: { operationId: "readContactPicture", summary: "Get a contact's profile image", tags },
      },
    );
}
