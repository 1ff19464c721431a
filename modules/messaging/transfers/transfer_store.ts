import type { Sql } from "postgres";
import { Type } from "@sinclair/typebox";
import { and, desc, eq, lt, type SQL } from "drizzle-orm";
import type postgres from "postgres";
import { recordActivity, userNames } from "#auth";
import { enqueueJobs, type Handle, orm } from "#db";
import { contactTransfers } from "#db/messaging";
import { decodeIdCursor, type LiveBus, notFound, pageOf, parse, recognize } from "#std";
import { workspaceChannel } from "../deps.ts";
import type { LiveEvent } from "../live_event.ts";
import { actionNames } from "./action_names.ts";
import type { ImportOptions } from "./import_options.ts";
import type { Transfer } from "./schema_transfers.ts";
import { keptDays } from "./transfer_retention.ts";

export type TransferRow = typeof contactTransfers.$inferSelect;

/** Imports, exports and bulk actions of a workspace, the newest first. */
export async function listTransfers(
  { sql: db }: { sql: Handle },
  workspaceId: string,
  { limit = 50, cursor }: { limit?: number; cursor?: string },
): Promise<{ items: Transfer[]; nextCursor: string | null }> {
  const after = decodeIdCursor(cursor);
  const rows = await orm(db)
    .select()
    .from(contactTransfers)
    .where(
      and(
        eq(contactTransfers.workspaceId, workspaceId),
        after === null ? undefined : lt(contactTransfers.id, after),
      ),
    )
    .orderBy(desc(contactTransfers.id))
    .limit(limit + 1);
  const page = pageOf(rows, limit, (row) => [row.id]);
  return { items: await viewTransfers(db, page.items), nextCursor: page.nextCursor };
}

/** The row of a transfer; 404 when this workspace has none with this id. */
export async function readTransferRow(
  { sql: db }: { sql: Handle },
  workspaceId: string,
  id: string,
): Promise<TransferRow> {
  const [row] = await orm(db)
    .select()
    .from(contactTransfers)
    .where(and(eq(contactTransfers.workspaceId, workspaceId), eq(contactTransfers.id, id)));
  if (!row) throw notFound("transfer");
  return row;
}

/** One transfer as screens see it. */
export async function readTransfer(
  { sql: db }: { sql: Handle },
  workspaceId: string,
  id: string,
): Promise<Transfer> {
  const [transfer] = await viewTransfers(db, [await readTransferRow({ sql: db }, workspaceId, id)]);
  if (!transfer) throw notFound("transfer");
  return transfer;
}

/** Gives an uploaded file to a job, which begins anew; false where `when` does not hold of the transfer. */
export async function beginImport(
  { sql: db }: { sql: Sql },
  { workspaceId, id }: { workspaceId: string; id: string },
  {
    job,
    options,
    when,
    recorded,
  }: { job: string; options: ImportOptions; when: SQL; recorded: Record<string, unknown> },
): Promise<boolean> {
  return await db.begin(async (tx) => {
    const begun = await orm(tx)
      .update(contactTransfers)
      .set({
        status: "running",
        options,
        counts: { bytes: options.bytes },
        progress: 0,
        error: null,
        finishedAt: null,
      })
      .where(and(eq(contactTransfers.workspaceId, workspaceId), eq(contactTransfers.id, id), when))
      .returning({ id: contactTransfers.id, name: contactTransfers.fileName });
    const [subject] = begun;
    if (!subject) return false;
    await recordActivity(tx, { action: "import.started", workspaceId, subject, after: recorded });
    await enqueueJobs(tx, [{ kind: job, key: id, payload: { workspaceId, transferId: id } }]);
    return true;
  });
}

/** Writes down work that is to be done; a job of the same transaction does it. */
export async function insertTransfer(
  db: Handle,
  row: Pick<TransferRow, "workspaceId" | "kind" | "status" | "fileName" | "options" | "byUserId"> & {
    fileKey?: string;
  },
): Promise<string> {
  const [made] = await orm(db).insert(contactTransfers).values(row).returning({ id: contactTransfers.id });
  if (!made) throw new Error("Cannot write down a transfer");
  return made.id;
}

async function viewTransfers(db: Handle, rows: readonly TransferRow[]): Promise<Transfer[]> {
  const [names, actionNamesOf] = await Promise.all([
    userNames(
      db,
      rows.flatMap((row) => row.byUserId ?? []),
    ),
    actionNames(
      db,
      rows.map((row) => row.options),
    ),
  ]);
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    status: row.status,
    fileName: row.fileName,
    action: actionOf(row.options),
    actionNames: actionNamesOf(row.options),
    counts: countsOf(row.counts),
    error: row.error,
    errorWords: recognize(row.error),
    isDryRun: isDryRun(row.options),
    hasErrors: row.errorFileKey !== null,
    hasFile: row.kind === "export" && row.fileKey !== null,
    canStart: row.kind === "import" && row.fileKey !== null && waits(row),
    ...segmentOf(row.options),
    by: row.byUserId === null ? null : (names.get(row.byUserId) ?? null),
    undoUntil: isUndoable(row)
      ? new Date(row.createdAt.getTime() + keptDays * 86_400_000).toISOString()
      : null,
    undoneBy: undoneBy(row.options),
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  }));
}

const isDryRun = (options: unknown) =>
  typeof options === "object" && options !== null && "dryRun" in options && options.dryRun === true;

const OfFile = Type.Object({
  segmentName: Type.Optional(Type.String()),
  segmentId: Type.Optional(Type.String()),
});

/** The segment that is made of an import's file. */
function segmentOf(options: unknown): { segmentName: string | null; segmentId: string | null } {
  const read = parse(OfFile, options);
  const { segmentName = null, segmentId = null } = read.ok ? read.value : {};
  return { segmentName, segmentId };
}

const waits = ({ status, options }: TransferRow) =>
  status === "uploaded" || status === "failed" || (status === "done" && isDryRun(options));

function isUndoable({ kind, status, options, counts }: TransferRow): boolean {
  const { changed = 0, made = 0 } = countsOf(counts);
  if (changed + made === 0 || (status !== "done" && status !== "failed")) return false;
  return kind === "import" ? !isDryRun(options) : kind === "bulk" && actionOf(options) !== "delete";
}

const Undone = Type.Object({ undoneBy: Type.Object({ name: Type.String() }) });

/** Whether it is, or was, taken back. */
export function hasUndoneBy({ options }: Pick<TransferRow, "options">): boolean {
  return undoneBy(options) !== null;
}

function undoneBy(options: unknown): string | null {
  const read = parse(Undone, options);
  return read.ok ? read.value.undoneBy.name : null;
}

function actionOf(options: unknown): string | null {
  const { action } = { action: null, ...(typeof options === "object" ? options : {}) };
  return typeof action === "object" && action !== null ? (Object.keys(action)[0] ?? null) : null;
}

/** Whole numbers by name, such as { read: 100, refused: 2 }. */
export function countsOf(value: unknown): Record<string, number> {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(
    entries.flatMap(([name, count]) => (typeof count === "number" ? [[name, count]] : [])),
  );
}

interface OnLive {
  sql: postgres.Sql;
  live: LiveBus<LiveEvent>;
}

/** Ends a transfer that ran. */
export async function endTransfer(
  on: OnLive,
  {
    workspaceId,
    id,
    status,
    error = null,
  }: { workspaceId: string; id: string; status: "done" | "failed" | "undone"; error?: string | null },
): Promise<void> {
  await on.sql`update messaging.contact_transfers set status = ${status}, error = ${error}, finished_at = now()
    where workspace_id = ${workspaceId} and id = ${id} and status = 'running'`;
  await announceTransfer(on, workspaceId, id);
}

/** Tells the screens how far it is. */
export async function announceTransfer(
  { sql, live }: OnLive,
  workspaceId: string,
  id: string,
): Promise<void> {
  const [row] = await sql<Pick<TransferRow, "status" | "counts">[]>`
    select status, counts from messaging.contact_transfers where workspace_id = ${workspaceId} and id = ${id}`;
  if (row)
    await live.publish(workspaceChannel(workspaceId), [
      { name: "transfer", data: { transferId: id, status: row.status, counts: countsOf(row.counts) } },
    ]);
}
