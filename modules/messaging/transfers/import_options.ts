import { type Static, Type } from "@sinclair/typebox";
import { Uuid } from "#std";
import { ImportMapping } from "./schema_transfers.ts";

export const importJob = "contacts.import";
export const segmentOfFileJob = "contacts.segment_of_file";
export const importUndoJob = "contacts.import_undo";
export const bulkUndoJob = "contacts.bulk_undo";

export const TransferPayload = Type.Object({ workspaceId: Uuid, transferId: Uuid });

/** The content of contact_transfers.options for an import. */
export const ImportOptions = Type.Object({
  columns: Type.Array(Type.String()),
  delimiter: Type.Union([Type.Literal(","), Type.Literal(";"), Type.Literal("\t")]),
  bytes: Type.Number(),
  mapping: Type.Optional(ImportMapping),
  pageId: Type.Optional(Uuid),
  dryRun: Type.Optional(Type.Boolean()),
  addTagIds: Type.Optional(Type.Array(Uuid)),
  /** Set when the file names people for a segment, and nothing of them is imported. */
  segmentName: Type.Optional(Type.String()),
  /** The segment, once it is made. */
  segmentId: Type.Optional(Uuid),
  /** The last line of the file, once all good ones lie in contact_import_rows. */
  lastLine: Type.Optional(Type.Number()),
});

export type ImportOptions = Static<typeof ImportOptions>;
