import postgres from "postgres";

/** One pool of connections; `orm(sql)` is Drizzle's query builder on it. */
export interface Database {
  sql: postgres.Sql;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** The maximum number of connections. */
  max?: number;
  applicationName?: string;
  /** The statement limit, 30 s by default; 0: none. */
  statementTimeoutMs?: number;
}

/**
 * A query takes the first connection that becomes free (0 works by ops/patches; the option is missing in the types).
 * Behind another query it would wait for that one, however slow, while other connections are idle.
 */
const unpipelined = { max_pipeline: 0 };

/** Seconds until a lost connection is tried again: postgres.js would have a database wait for 20 that is back. */
const backoff = (attempts: number) => Math.min(3 ** attempts / 100, 1) * (0.5 + Math.random() / 2);

/**
 * Opens a pool. Connects on first use; the next query replaces a lost connection. A server that is silent for a third
 * longer than the statement limit is gone: its connection is dropped (by ops/patches).
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
      // A longer query is a bug or a dead disk; an error is better than waiting.
      statement_timeout: options.statementTimeoutMs ?? 30_000,
      idle_in_transaction_session_timeout: 60_000,
      // Starting a worker takes longer than most reads, and a hundred readers have no second processor each. Reads of
      // whole tables request workers themselves: wideRead().
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

/** Times, dates and arrays of them: the text of Postgres, which Drizzle or the caller reads. */
const readByTheCaller = [1184, 1082, 1083, 1114, 1182, 1185, 1115, 1231];
/** json and jsonb: the given text, which Drizzle or the caller writes. */
const writtenByTheCaller = [114, 3802];
const asText = (value: string) => value;

/** Session settings for postgres.js, which does not send a zero. */
export function settings(values: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
}

/**
 * Tries to take a session's advisory lock and returns whether it did. Waiting callers try again instead of waiting in
 * a statement: that would hold a snapshot, and a concurrent index build waits for all older snapshots, so the waiting
 * process and the building one would wait for each other.
 */
export async function tryLock(sql: postgres.Sql, key: number): Promise<boolean> {
  const [row] = await sql<{ isTaken: boolean }[]>`select pg_try_advisory_lock(${key}) as "isTaken"`;
  return row?.isTaken ?? false;
}

/**
 * Lets the server notice within half a minute that this process is gone. A killed container may not close its
 * connection: without this, its locks stay for two hours.
 */
export async function noticeDeath(sql: postgres.Sql): Promise<void> {
  await sql`select set_config('tcp_keepalives_idle', '10', false),
    set_config('tcp_keepalives_interval', '5', false), set_config('tcp_keepalives_count', '3', false)`;
}
