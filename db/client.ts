import postgres from "postgres";

/** One pool of connections; `orm(sql)` is Drizzle's query builder on it. */
export interface Database {
  sql: postgres.Sql;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Most connections at once. */
  max?: number;
  applicationName?: string;
  /** How long a statement may take, 30 s unless told; 0: as long as it likes. */
  statementTimeoutMs?: number;
}

/**
 * A query takes the first connection that becomes free (0 works by ops/patches; the option is missing in the types).
 * Behind another one on its connection it would wait for that one, however slow, while others are idle.
 */
const unpipelined = { max_pipeline: 0 };

/** Seconds until a lost connection is tried again: postgres.js would have a database wait for 20 that is back. */
const backoff = (attempts: number) => Math.min(3 ** attempts / 100, 1) * (0.5 + Math.random() / 2);

/**
 * Opens a pool. Connects when first used; a lost connection is made anew by the next query. A server that says nothing
 * for a third longer than a statement may take is gone: its connection is given up (by ops/patches).
 */
export function openDatabase(url: string, options: OpenOptions = {}): Database {
  const sql = postgres(url, {
    max: options.max ?? 10,
    connect_timeout: 5,
    ...unpipelined,
    backoff,
    idle_timeout: 300,
    onnotice: () => undefined,
    connection: settings({
      application_name: options.applicationName ?? "messagesender",
      // A query that takes longer than this is a bug or a dead disk; a waiting caller is better off with an error.
      statement_timeout: options.statementTimeoutMs ?? 30_000,
      idle_in_transaction_session_timeout: 60_000,
      // To start a worker takes longer than most reads, and a hundred readers have no second processor for each.
      // Reads of whole tables ask for workers themselves: wideRead().
      max_parallel_workers_per_gather: 0,
      TimeZone: "UTC",
    }),
  });
  for (const type of readByTheCaller) {
    sql.options.parsers[type] = asText;
    sql.options.serializers[type] = asText;
  }
  for (const type of writtenByTheCaller) sql.options.serializers[type] = asText;
  return { sql, close: () => sql.end({ timeout: 5 }) };
}

/** Times and dates, and arrays of them: the text of Postgres, which Drizzle reads, or the caller. */
const readByTheCaller = [1184, 1082, 1083, 1114, 1182, 1185, 1115, 1231];
/** json and jsonb: the text that was given, which Drizzle writes, or the caller. */
const writtenByTheCaller = [114, 3802];
const asText = (value: string) => value;

/** Settings of a session for postgres.js, which does not send a number that is zero. */
export function settings(values: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

/**
 * Takes a session's advisory lock if it is free, and gives whether it did. Whoever waits for one asks again in place of
 * waiting in a statement: that would have a snapshot, and a concurrent index build waits for all older snapshots, so
 * that a process that waits and one that holds the lock and builds would wait for each other.
 */
export async function tryLock(sql: postgres.Sql, key: number): Promise<boolean> {
  const [row] = await sql<{ isTaken: boolean }[]>`select pg_try_advisory_lock(${key}) as "isTaken"`;
  return row?.isTaken ?? false;
}

/**
 * Lets the server notice within half a minute that this process is gone. A container that was killed may not have said
 * goodbye: without this, what it had locked stays locked for two hours.
 */
export async function noticeDeath(sql: postgres.Sql): Promise<void> {
  await sql`select set_config('tcp_keepalives_idle', '10', false),
    set_config('tcp_keepalives_interval', '5', false), set_config('tcp_keepalives_count', '3', false)`;
}
