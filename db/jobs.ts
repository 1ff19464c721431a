import { currentTraceId, log, newTraceId, redact, storable, withTrace } from "#std";
import type { Database } from "./client.ts";
import type { Handle } from "./orm.ts";

export interface NewJob {
  kind: string;
  /** One open job per kind and key; another request only moves a waiting one earlier. */
  key: string;
  payload?: unknown;
  /** Seconds from now, on the database's clock. */
  afterSeconds?: number;
}

/** Writes jobs in the caller's transaction: they exist exactly when the change that needs them does. */
export async function enqueueJobs(sql: Handle, jobs: readonly NewJob[]): Promise<void> {
  if (jobs.length === 0) return;
  const unique = [...new Map(jobs.map((job) => [`${job.kind} ${job.key}`, job])).values()].toSorted((a, b) =>
    `${a.kind} ${a.key}` < `${b.kind} ${b.key}` ? -1 : 1,
  );
  const rows = JSON.stringify(
    unique.map((job) => ({
      kind: job.kind,
      key: job.key,
      payload: job.payload ?? {},
      after: job.afterSeconds ?? 0,
    })),
  );
  await sql`
    insert into jobs.jobs (kind, key, payload, run_at, trace_id)
    select kind, key, payload, now() + make_interval(secs => after), ${currentTraceId() ?? null}
    from jsonb_to_recordset(${rows}::jsonb) as job(kind text, key text, payload jsonb, after float8)
    on conflict (kind, key) do update
      set run_at = least(jobs.run_at, excluded.run_at), asked = jobs.asked + 1, payload = excluded.payload,
          failed_at = null, attempts = case when jobs.failed_at is null then jobs.attempts else 0 end`;
}

/**
 * Parts of a statement that creates jobs from its own rows: `insert`, a select of kind, key, payload, trace_id and
 * run_at, and the conflict clause for existing jobs.
 */
export const jobRows = {
  insert: "insert into jobs.jobs (kind, key, payload, trace_id, run_at)",
  unlessThere: "on conflict (kind, key) do nothing",
  /** A waiting one keeps its time, and one that runs now runs once more. */
  again: `on conflict (kind, key) do update set asked = jobs.asked + 1, failed_at = null,
    run_at = case when jobs.failed_at is null then jobs.run_at else excluded.run_at end,
    attempts = case when jobs.failed_at is null then jobs.attempts else 0 end`,
  againIfGivenUp: `on conflict (kind, key) do update set run_at = excluded.run_at, failed_at = null, attempts = 0
    where jobs.failed_at is not null`,
} as const;

/** Does the work of one kind of job. A throw means: again later, with growing pauses. */
/** Deletes the jobs of a workspace, by their payload. */
export async function deleteJobsOf(sql: Handle, workspaceId: string): Promise<void> {
  await sql`delete from jobs.jobs where payload ->> 'workspaceId' = ${workspaceId}`;
}

export interface JobHandler {
  run(payload: unknown, key: string): Promise<void>;
  /** Called with the last error before the job is marked as failed, for parts that wait for it. */
  givenUp?(payload: unknown, failure: unknown): Promise<void>;
  /** Attempts before the job is marked as failed and shown on the health page; 8 by default, about two hours. */
  maxAttempts?: number;
}

/** Thrown by a handler with its next time; resets failed attempts. */
export class JobDelayed extends Error {
  readonly afterSeconds: number;

  constructor(afterSeconds: number, why: string) {
    super(why);
    this.afterSeconds = afterSeconds;
  }
}

export interface JobRunner {
  /** Looks for due jobs now instead of at the next tick. */
  wake(): void;
  /** Takes no more jobs and waits for running ones. */
  stop(): Promise<void>;
}

export interface JobRunnerOptions {
  pollMs?: number;
  concurrency?: number;
  /**
   * The lease: jobs of a dead process are taken over after this time; a living one renews it three times within it.
   */
  leaseSeconds?: number;
}

interface ClaimedJob {
  id: number;
  kind: string;
  key: string;
  payload: unknown;
  attempts: number;
  asked: number;
  trace_id: string | null;
  last_error: string | null;
}

/** Runs due jobs of the given kinds, each at most once at a time over all processes. */
export function startJobs(
  { sql: pg }: Pick<Database, "sql">,
  handlers: Readonly<Record<string, JobHandler>>,
  { pollMs = 1_000, concurrency = 8, leaseSeconds = 30 }: JobRunnerOptions = {},
): JobRunner {
  const kinds = Object.keys(handlers);
  const running = new Map<ClaimedJob, Promise<void>>();
  let isStopped = false;
  let claiming: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function claim(count: number): Promise<ClaimedJob[]> {
    return await pg<ClaimedJob[]>`
      update jobs.jobs set leased_until = now() + make_interval(secs => ${leaseSeconds}::float8), attempts = attempts + 1
      where id = any(array(
        select id from jobs.jobs
        where failed_at is null and run_at <= now() and kind = any(${kinds}::text[])
          and (leased_until is null or leased_until < now())
        order by run_at limit ${count} for update skip locked))
      returning id::float8, kind, key, payload, attempts, asked, trace_id, last_error`;
  }

  /** After a takeover the other process decides: each claim counts as an attempt. */
  const isHeld = (job: ClaimedJob) =>
    pg`id = ${job.id} and attempts = ${job.attempts} and leased_until is not null`;

  const mostAttempts = ({ kind }: ClaimedJob) => handlers[kind]?.maxAttempts ?? 8;

  async function renew(): Promise<void> {
    const jobs = [...running.keys()];
    if (jobs.length === 0) return;
    await pg`
      update jobs.jobs set leased_until = now() + make_interval(secs => ${leaseSeconds}::float8)
      from unnest(${jobs.map(({ id }) => id)}::int8[], ${jobs.map(({ attempts }) => attempts)}::int4[]) as held (id, attempts)
      where jobs.id = held.id and jobs.attempts = held.attempts and leased_until is not null`;
  }

  async function settle(job: ClaimedJob, failure: unknown): Promise<void> {
    if (failure === undefined) {
      // Requested again during the run: keep it and run it once more.
      await pg`with done as (delete from jobs.jobs where ${isHeld(job)} and asked = ${job.asked} returning 1)
        update jobs.jobs set leased_until = null, attempts = 0, run_at = now(), last_error = null
        where ${isHeld(job)} and not exists (select from done)`;
      return;
    }
    const message = storable(redact(failure instanceof Error ? failure.message : String(failure)), 1_000);
    if (failure instanceof JobDelayed) {
      // Requested again during the run: the new request does not wait for the old delay.
      await pg`update jobs.jobs set leased_until = null, attempts = 0, last_error = ${message},
        run_at = now() + case when asked = ${job.asked} then make_interval(secs => ${failure.afterSeconds})
          else interval '0' end where ${isHeld(job)}`;
      return;
    }
    const isLast = job.attempts >= mostAttempts(job);
    // Requested again during the run: the new request has its own attempts.
    const isOver = pg`${isLast}::bool and asked = ${job.asked}`;
    if (isLast) {
      // If one of these fails, the job is not settled: its lease ends, and it is marked as failed once more.
      const [held] = await pg<{ isOver: boolean }[]>`
        update jobs.jobs set last_error = ${message} where ${isHeld(job)} returning ${isOver} as "isOver"`;
      if (held?.isOver) await handlers[job.kind]?.givenUp?.(job.payload, failure);
    }
    // 5 s, 15 s, 45 s … with jitter, so that jobs that failed together do not return together.
    const pause = Math.min(5 * 3 ** (job.attempts - 1), 3_600) * (0.75 + Math.random() / 2);
    const [settled] = await pg<{ isOver: boolean }[]>`
      update jobs.jobs set leased_until = null, last_error = ${message},
        run_at = now() + make_interval(secs => case when asked = ${job.asked} then ${pause}::float8 else 5 end),
        attempts = case when ${isLast}::bool and not (${isOver}) then 0 else attempts end,
        failed_at = case when ${isOver} then now() end
      where ${isHeld(job)} returning failed_at is not null as "isOver"`;
    log.warn(settled?.isOver ? "Job given up" : "Job failed; it will run again", {
      kind: job.kind,
      attempts: job.attempts,
      error: failure,
    });
  }

  async function run(job: ClaimedJob): Promise<void> {
    await withTrace(job.trace_id ?? newTraceId(), async () => {
      let failure: unknown;
      try {
        // Unsettled attempts ended with their process: a job that kills every process must end too.
        if (job.attempts > mostAttempts(job))
          throw new Error(job.last_error ?? "The process ended in each attempt");
        await handlers[job.kind]?.run(job.payload, job.key);
      } catch (error) {
        failure = error ?? new Error("Job failed without a reason");
      }
      // Not settled (no database): the lease ends, and the job runs again.
      await settle(job, failure).catch((error) =>
        log.error("Cannot settle a job", { kind: job.kind, error }),
      );
    });
  }

  function tick(): void {
    if (isStopped) return;
    claiming ??= look().finally(() => {
      claiming = undefined;
    });
  }

  async function look(): Promise<void> {
    let claimed = 0;
    try {
      const free = concurrency - running.size;
      if (free > 0 && kinds.length > 0) {
        const jobs = await claim(free);
        claimed = jobs.length;
        for (const job of jobs) {
          const work = run(job).finally(() => {
            running.delete(job);
            if (running.size === concurrency - 1) schedule(0);
          });
          running.set(job, work);
        }
      }
    } catch (error) {
      log.warn("Cannot look for jobs; trying again", { error });
    } finally {
      schedule(claimed > 0 && running.size < concurrency ? 0 : pollMs);
    }
  }

  function schedule(ms: number): void {
    if (isStopped) return;
    clearTimeout(timer);
    timer = setTimeout(tick, ms);
  }

  const renewal = setInterval(
    () => void renew().catch((error) => log.warn("Cannot renew the leases of jobs", { error })),
    (leaseSeconds * 1_000) / 3,
  );
  schedule(0);
  return {
    wake: () => schedule(0),
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await claiming;
      await Promise.all(running.values());
      clearInterval(renewal);
    },
  };
}
