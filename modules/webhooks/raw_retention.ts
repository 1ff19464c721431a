import { type Database, enqueueJobs, JobDelayed, type JobHandler } from "#db";
import { log } from "#std";

const lockKey = 7_305_112_027;
const dayMs = 86_400_000;
/** Partitions created ahead, so a few days without maintenance do no harm. */
const daysAhead = 3;

export interface RetentionOptions {
  /** Retention of the raw log in days; 30 by default. */
  keepDays?: number;
  /** Today, for tests. */
  now?: number;
}

/**
 * Daily maintenance of the raw log: creates the partitions of the next days and drops expired ones, without a cost
 * per row. Safe in several processes at once and after a missed day: rows without a partition go to the default one.
 */
export async function keepRawEvents(
  { sql }: Pick<Database, "sql">,
  { keepDays = 30, now = Date.now() }: RetentionOptions = {},
): Promise<{ made: number; dropped: number }> {
  return await sql.begin(async (tx) => {
    // Never delay incoming events: if the log is busy, tomorrow is early enough.
    await tx.unsafe("set local lock_timeout = '3s'");
    const [lock] = await tx<{ got: boolean }[]>`select pg_try_advisory_xact_lock(${lockKey}) as got`;
    if (!lock?.got) return { made: 0, dropped: 0 };
    const partitions = await tx<{ name: string }[]>`
      select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'webhooks.raw_events'::regclass`;
    const existing = new Set(partitions.map((row) => row.name));
    let made = 0;
    for (let ahead = 0; ahead <= daysAhead; ahead += 1) {
      const day = new Date(now + ahead * dayMs).toISOString().slice(0, 10);
      const next = new Date(now + (ahead + 1) * dayMs).toISOString().slice(0, 10);
      const name = partitionOf(day);
      if (existing.has(name)) continue;
      // A day that began in the default partition stays there.
      const [begun] = await tx`select 1 from webhooks.raw_events_other
        where received_at >= ${day}::timestamptz and received_at < ${next}::timestamptz limit 1`;
      if (begun) continue;
      await tx.unsafe(
        `create table webhooks.${name} partition of webhooks.raw_events for values from ('${day}') to ('${next}')`,
      );
      made += 1;
    }
    const oldest = partitionOf(new Date(now - keepDays * dayMs).toISOString().slice(0, 10));
    const old = [...existing].filter((name) => /^raw_events_\d{8}$/.test(name) && name < oldest);
    for (const name of old) await tx.unsafe(`drop table webhooks.${name}`);
    const rest = await tx`delete from webhooks.raw_events_other
      where received_at < ${new Date(now - keepDays * dayMs).toISOString()}::timestamptz`;
    log.info("Kept the raw webhook log", { made, dropped: old.length, deleted: rest.count });
    return { made, dropped: old.length };
  });
}

const kind = "webhooks.retention";
const everySeconds = 6 * 3_600;

/** Schedules the maintenance of the raw log; another call only runs it now. */
export async function scheduleRetention(on: Pick<Database, "sql">): Promise<void> {
  await enqueueJobs(on.sql, [{ kind, key: "raw_events" }]);
}

/** The daily job of the raw log; schedules itself again. */
export function retentionHandlers(on: Pick<Database, "sql">): Record<string, JobHandler> {
  return {
    [kind]: {
      async run() {
        await keepRawEvents(on);
        throw new JobDelayed(everySeconds, "Done; due again in six hours");
      },
    },
  };
}

function partitionOf(day: string): string {
  return `raw_events_${day.replaceAll("-", "")}`;
}
