import { type Static, Type } from "@sinclair/typebox";
import { IsoTime, listOf, Nullable, Uuid } from "#std";

export const TransferSchema = Type.Object({
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
  /** import: bytes, bytesRead, read, refused, applied, made, changed · export: written · bulk: seen, changed. */
  counts: Type.Record(Type.String(), Type.Integer()),
  error: Nullable(Type.String()),
  isDryRun: Type.Boolean(),
  /** Whether there is a file of refused rows. */
  hasErrors: Type.Boolean(),
  /** Whether an export's file is there to be fetched. */
  hasFile: Type.Boolean(),
  by: Nullable(Type.String()),
  createdAt: IsoTime,
  finishedAt: Nullable(IsoTime),
});

export type Transfer = Static<typeof TransferSchema>;
export const TransferResponse = Type.Object({ transfer: TransferSchema });
export const TransferList = listOf(TransferSchema);
export const BulkAnswer = Type.Object({
  /** For how many it changed something; 0 while a job does it. */
  changed: Type.Integer(),
  /** The job that does it, when it goes over a filter's whole result. */
  transfer: Nullable(TransferSchema),
});
