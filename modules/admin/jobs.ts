import { recordActivity } from "#auth";
import { type JobRow, listJobs, retryJob } from "#db";
import { decodeCursor, notFound, pageOf, type PageQuery, recognize, wrongCursor } from "#std";
import type { AdminDeps } from "./deps.ts";

/** A job for the owner, without its payload. */
export interface Job {
  id: string;
  kind: string;
  key: string;
  state: "pending" | "failed";
  attempts: number;
  error: string | null;
  errorWords: ReturnType<typeof recognize>;
  runAt: string;
  failedAt: string | null;
  createdAt: string;
}

/** Lists failed or waiting jobs, newest first. Throws 422 `invalid-cursor`. */
export async function listJobsPage(
  on: Pick<AdminDeps, "sql">,
  { state, limit = 50, cursor }: PageQuery & { state: "failed" | "pending" },
): Promise<{ items: Job[]; nextCursor: string | null }> {
  const rows = await listJobs(on, state, { limit: limit + 1, beforeId: decodeJobCursor(cursor) });
  const page = pageOf(rows, limit, (row) => [row.id]);
  return { items: page.items.map(view), nextCursor: page.nextCursor };
}

/** Retries a failed job. Throws 404 if there is no failed job with this id. */
export async function retryFailedJob(on: Pick<AdminDeps, "sql">, id: number): Promise<void> {
  await on.sql.begin(async (tx) => {
    const kind = await retryJob({ sql: tx }, id);
    if (kind === null) throw notFound("failed-job");
    await recordActivity(tx, { action: "job.retried", subject: { id, name: kind } });
  });
}

function decodeJobCursor(cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  const [id] = decodeCursor(cursor, 1);
  if (typeof id === "number" && Number.isSafeInteger(id)) return id;
  throw wrongCursor();
}

function view(row: JobRow): Job {
  const iso = (time: Date) => new Date(time).toISOString();
  return {
    id: String(row.id),
    kind: row.kind,
    key: row.key,
    state: row.failedAt === null ? "pending" : "failed",
    attempts: row.attempts,
    error: row.lastError,
    errorWords: recognize(row.lastError),
    runAt: iso(row.runAt),
    failedAt: row.failedAt === null ? null : iso(row.failedAt),
    createdAt: iso(row.createdAt),
  };
}
