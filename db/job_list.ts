import type { Database } from "./client.ts";
import type { Handle } from "./orm.ts";

export interface JobSummary {
  pending: number;
  failed: number;
  oldestDueSeconds: number;
}

/** The numbers of waiting and failed jobs, and the delay of the oldest due one. */
export async function summarizeJobs({ sql: pg }: Pick<Database, "sql">): Promise<JobSummary> {
  const [row] = await pg<JobSummary[]>`
    select count(*) filter (where failed_at is null)::int4 as pending,
           count(*) filter (where failed_at is not null)::int4 as failed,
           coalesce(extract(epoch from now() - min(run_at) filter (where failed_at is null and run_at < now())), 0)::float8
             as "oldestDueSeconds"
    from jobs.jobs`;
  return row ?? { pending: 0, failed: 0, oldestDueSeconds: 0 };
}

export interface JobRow {
  id: number;
  kind: string;
  key: string;
  attempts: number;
  lastError: string | null;
  runAt: Date;
  failedAt: Date | null;
  createdAt: Date;
}

/** Failed or waiting jobs, newest first, up to `limit`, below `beforeId`. */
export async function listJobs(
  { sql: pg }: Pick<Database, "sql">,
  state: "failed" | "pending",
  { limit, beforeId }: { limit: number; beforeId: number | null },
): Promise<JobRow[]> {
  return await pg<JobRow[]>`
    select id::float8, kind, key, attempts, last_error as "lastError", run_at as "runAt", failed_at as "failedAt",
           created_at as "createdAt"
    from jobs.jobs
    where (failed_at is not null) = ${state === "failed"} and (${beforeId}::int8 is null or id < ${beforeId}::int8)
    order by id desc limit ${limit}`;
}

/** How one job is doing; null when there is none of this kind and key. */
export async function readJob(
  { sql: pg }: Pick<Database, "sql">,
  { kind, key }: { kind: string; key: string },
): Promise<{ runAt: Date; isRunning: boolean; lastError: string | null } | null> {
  const [row] = await pg<{ at: string; isRunning: boolean; lastError: string | null }[]>`
    select run_at::text as at, coalesce(leased_until > now(), false) as "isRunning", last_error as "lastError"
    from jobs.jobs where kind = ${kind} and key = ${key}`;
  return row ? { runAt: new Date(row.at), isRunning: row.isRunning, lastError: row.lastError } : null;
}

/** Retries a failed job and returns its kind. Null if there is none with this id. */
export async function retryJob({ sql: pg }: { sql: Handle }, jobId: number): Promise<string | null> {
  const [row] = await pg<
    { kind: string }[]
  >`update jobs.jobs set failed_at = null, attempts = 0, run_at = now()
    where id = ${jobId} and failed_at is not null returning kind`;
  return row?.kind ?? null;
}
