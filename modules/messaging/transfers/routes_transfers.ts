import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { guard } from "#auth";
import { FileAnswer, PageQuery, Uuid, InWorkspace } from "#std";
import { BulkRequest } from "../contacts/mod.ts";
import type { MessagingDeps } from "../deps.ts";
import { startBulk } from "./bulk.ts";
import { startExport } from "./export_job.ts";
import { readUpload, startImport, uploadImport } from "./import_upload.ts";
import {
  ExportStart,
  ImportStart,
  SegmentOfFile,
  TransferList,
  TransferResponse,
  UploadAnswer,
  UploadQuery,
  BulkAnswer,
} from "./schema_transfers.ts";
import { startSegmentOfFile } from "./segment_of_file.ts";
import { serveTransferFile } from "./transfer_files.ts";
import { listTransfers, readTransfer } from "./transfer_store.ts";
import { startUndo } from "./transfer_undo.ts";
import { problem } from "./problems.ts";

const OfTransfer = Type.Object({ workspaceId: Uuid, transferId: Uuid });
const tags = ["imports and exports"];

/** A form around the file would be read as its first line. */
function requireBareFile({ headers }: Request): void {
  if (!/^(multipart|application\/json)\b/i.test(headers.get("content-type") ?? "")) return;
  throw problem("file-in-form");
}

/** Contacts by the file, in and out, and how far such work is. */
export function transfersRoutes(on: Pick<MessagingDeps, "sql" | "clock" | "config" | "live">) {
  return new Elysia({ name: "messaging.transfers", prefix: "/workspaces/:workspaceId/contacts" })
    .use(guard(on))
    .post(
      "/import",
      async function postImport({ params: { workspaceId }, query, principal, request, set }) {
        requireBareFile(request);
        set.status = 201;
        const { fileName = "contacts.csv" } = query;
        return await uploadImport(on, {
          workspaceId,
          userId: principal.userId,
          fileName,
          body: request.body,
        });
      },
      {
        can: "contacts:manage",
        // Taken as it comes: a file of a million lines is never in memory.
        parse: "none",
        params: InWorkspace,
        query: UploadQuery,
        response: { 201: UploadAnswer },
        detail: {
          operationId: "uploadImport",
          summary: "Upload a CSV file of contacts",
          description: "The request body is the file. Start the import with a mapping to import it.",
          requestBody: { required: true, content: { "text/csv": {} } },
          tags,
        },
      },
    )
    .get(
      "/import/:transferId",
      async function getImport({ params }) {
        return await readUpload(on, params.workspaceId, params.transferId);
      },
      {
        can: "contacts:manage",
        params: OfTransfer,
        response: UploadAnswer,
        detail: {
          operationId: "readImport",
          summary: "Get an uploaded file for mapping",
          tags,
        },
      },
    )
    .post(
      "/import/:transferId/start",
      async function beginImport({ params: { workspaceId, transferId }, body, set }) {
        set.status = 202;
        return { transfer: await startImport(on, { ...body, workspaceId, id: transferId }) };
      },
      {
        can: "contacts:manage",
        params: OfTransfer,
        body: ImportStart,
        response: { 202: TransferResponse },
        detail: {
          operationId: "startImport",
          summary: "Start an import or a dry run",
          description:
            "Matches lines to contacts by PSID. Creates new contacts and adds the file's values to existing ones. Never resubscribes a contact.",
          tags,
        },
      },
    )
    .post(
      "/import/:transferId/segment",
      async function beginSegmentOfFile({ params: { workspaceId, transferId }, body, set }) {
        set.status = 202;
        return { transfer: await startSegmentOfFile(on, { ...body, workspaceId, id: transferId }) };
      },
      {
        can: "contacts:manage",
        params: OfTransfer,
        body: SegmentOfFile,
        response: { 202: TransferResponse },
        detail: {
          operationId: "startSegmentOfFile",
          summary: "Create a static segment from an uploaded file",
          description:
            "Matches PSIDs on all pages of the workspace. Creates and changes no contacts. Lines without a match are counted and returned in a file. The complete segment appears at once, as segmentId of the transfer, and can be a campaign's audience.",
          tags,
        },
      },
    )
    .post(
      "/export",
      async function postExport({ params: { workspaceId }, body, principal, set }) {
        set.status = 202;
        const transfer = await startExport(on, {
          ...body,
          workspaceId,
          userId: principal.userId,
        });
        return { transfer };
      },
      {
        can: "contacts:export",
        params: InWorkspace,
        body: ExportStart,
        response: { 202: TransferResponse },
        detail: {
          operationId: "exportContacts",
          summary: "Export contacts that match filters",
          description: "As CSV or Excel workbook. A job writes the file; it is kept for seven days.",
          tags,
        },
      },
    )
    .get(
      "/transfers",
      async function getTransfers({ params, query }) {
        return await listTransfers(on, params.workspaceId, query);
      },
      {
        can: "contacts:read",
        params: InWorkspace,
        query: PageQuery,
        response: TransferList,
        detail: { operationId: "listTransfers", summary: "List imports, exports and bulk actions", tags },
      },
    )
    .get(
      "/transfers/:transferId",
      async function getTransfer({ params }) {
        return { transfer: await readTransfer(on, params.workspaceId, params.transferId) };
      },
      {
        can: "contacts:read",
        params: OfTransfer,
        response: TransferResponse,
        detail: {
          operationId: "readTransfer",
          summary: "Get the progress of an import, export or bulk action",
          tags,
        },
      },
    )
    .get(
      "/transfers/:transferId/errors",
      async function getErrors({ params }) {
        return await serveTransferFile(on, { ...params, which: "errors" });
      },
      {
        can: "contacts:manage",
        params: OfTransfer,
        response: FileAnswer,
        detail: {
          operationId: "readImportErrors",
          summary: "Download rejected lines with reasons",
          tags,
        },
      },
    )
    .get(
      "/transfers/:transferId/file",
      async function getFile({ params }) {
        return await serveTransferFile(on, { ...params, which: "export" });
      },
      {
        can: "contacts:export",
        params: OfTransfer,
        response: FileAnswer,
        detail: { operationId: "readExportFile", summary: "Download an export", tags },
      },
    )
    .post(
      "/transfers/:transferId/undo",
      async function undoTransfer({ params: { workspaceId, transferId }, principal, set }) {
        set.status = 202;
        return { transfer: await startUndo(on, { workspaceId, id: transferId, by: principal }) };
      },
      {
        can: "contacts:manage",
        params: OfTransfer,
        response: { 202: TransferResponse },
        detail: {
          operationId: "undoTransfer",
          summary: "Undo an import or a bulk action",
          description:
            "Within seven days. Restores the earlier values that were not changed again since. Imported contacts with messages stay. Deletions can't be undone.",
          tags,
        },
      },
    )
    .post(
      "/bulk",
      async function bulkContacts({ params: { workspaceId }, body, principal, set }) {
        set.status = 202;
        return await startBulk(on, { workspaceId, by: principal, request: body });
      },
      {
        can: "contacts:manage",
        params: InWorkspace,
        body: BulkRequest,
        response: { 202: BulkAnswer },
        detail: {
          operationId: "bulkContacts",
          summary: "Change or delete many contacts",
          description:
            "Selected contacts change at once; all contacts of a filter change in a job, with progress in `transfer`. Can be undone for seven days, except deletion.",
          tags: ["contacts"],
        },
      },
    );
}
