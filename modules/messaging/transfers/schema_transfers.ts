import { type Static, Type } from "@sinclair/typebox";
import { IsoTime, listOf, named, Nullable, recordOf, Uuid, Words } from "#std";
import { ContactFilterSchema } from "../contacts/mod.ts";

const TransferSchema = named("Transfer", {
  id: Uuid,
  kind: Type.Union([Type.Literal("import"), Type.Literal("export"), Type.Literal("bulk")]),
  status: Type.Union([
    Type.Literal("uploaded"),
    Type.Literal("running"),
    Type.Literal("done"),
    Type.Literal("failed"),
    Type.Literal("undone"),
  ]),
  fileName: Type.String(),
  /** The action's name in the request, such as addTags. */
  action: Nullable(Type.String()),
  /** Its references: tags, a segment, or the assignee; without deleted ones. */
  actionNames: Type.Array(Type.String()),
  /**
   * import: bytes, bytesRead, read, refused, applied, made, changed; for a segment matched and unmatched lines ·
   * export: written · bulk: seen, changed · undone: how many have been taken back.
   */
  counts: Type.Record(Type.String(), Type.Integer()),
  error: Nullable(Type.String()),
  errorWords: Type.Optional(Nullable(Words)),
  isDryRun: Type.Boolean(),
  /** Whether there is a file of refused rows. */
  hasErrors: Type.Boolean(),
  /** Whether an export's file is there to be fetched. */
  hasFile: Type.Boolean(),
  /** Whether an import's file is here and may be started (again). */
  canStart: Type.Boolean(),
  /** The segment that is made of the people of an import's file. */
  segmentName: Nullable(Type.String()),
  /** Null until it is there. */
  segmentId: Nullable(Uuid),
  by: Nullable(Type.String()),
  /** Until when it can be taken back; null: it changed nothing that could be, or is taken back. */
  undoUntil: Nullable(IsoTime),
  /** The author of the undo. */
  undoneBy: Nullable(Type.String()),
  createdAt: IsoTime,
  finishedAt: Nullable(IsoTime),
});

export type Transfer = Static<typeof TransferSchema>;
export const TransferResponse = Type.Object({ transfer: TransferSchema });
export const TransferList = listOf(TransferSchema);
export const BulkAnswer = Type.Object({
  /** For how many it changed something; 0 while a job does it. */
  changed: Type.Integer(),
  /** Its record, by which it can be taken back; it runs while a job goes over a filter's whole result. */
  transfer: TransferSchema,
});

/** The file itself is the body; its name comes in the address. */
export const UploadQuery = Type.Object({
  fileName: Type.Optional(Type.String({ minLength: 1, maxLength: 200, pattern: "^[^/\\\\]*$" })),
});

/**
 * Column of the file → its meaning: psid, firstName, lastName, name, locale, timezone, subscribed, tags or
 * field:KEY.
 */
export const ImportMapping = recordOf(
  Type.String({ pattern: "^[\\s\\S]{1,500}$", maxLength: 500 }),
  Type.String({
    pattern: "^(psid|firstName|lastName|name|locale|timezone|subscribed|tags|field:[a-z][a-z0-9_]{0,39})$",
    maxLength: 46,
  }),
  1_000,
);

export type ImportMapping = Static<typeof ImportMapping>;

export const ImportStart = named("ImportStart", {
  mapping: ImportMapping,
  pageId: Uuid,
  /** Reads and checks everything, and changes nothing. */
  dryRun: Type.Optional(Type.Boolean()),
  /** Tags for all contacts of the file. */
  addTagIds: Type.Optional(Type.Array(Uuid, { maxItems: 20, uniqueItems: true })),
});

export type ImportStart = Static<typeof ImportStart>;

export const UploadAnswer = Type.Object({
  transfer: TransferSchema,
  columns: Type.Array(Type.String()),
  /** The first lines. */
  sample: Type.Array(Type.Array(Type.String())),
  /** The mapping of the last dry run or start. */
  chosen: Nullable(Type.Object({ mapping: ImportMapping, pageId: Uuid, addTagIds: Type.Array(Uuid) })),
});

export type Uploaded = Static<typeof UploadAnswer>;

export const SegmentOfFile = named("SegmentOfFile", {
  /** The column of the file that holds the PSIDs. */
  column: Type.String({ minLength: 1, maxLength: 500 }),
  /** The name of the segment. */
  name: Type.String({ minLength: 1, maxLength: 100, pattern: "\\S" }),
});

export type SegmentOfFile = Static<typeof SegmentOfFile>;

export const ExportFormat = Type.Union([Type.Literal("csv"), Type.Literal("xlsx")]);
export type ExportFormat = Static<typeof ExportFormat>;
export const ExportStart = Type.Object({ filter: ContactFilterSchema, format: ExportFormat });
export type ExportStart = Static<typeof ExportStart>;
