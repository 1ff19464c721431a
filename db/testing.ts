import { randomBytes } from "node:crypto";
import postgres, { type Sql, type TransactionSql } from "postgres";
import { type Database, openDatabase, type OpenOptions } from "./client.ts";

/** The migrated template database of the test run; each file clones its own in about 0.2 s. */
export const templateName = "messagesender_template";

export interface TestDatabase extends Database {
  url: string;
}

/** A migrated, empty database for one test file; `close` drops it. */
export async function createTestDatabase(options: OpenOptions = {}): Promise<TestDatabase> {
  const server = process.env.TEST_DATABASE_URL;
  if (!server)
    throw new Error(
      "Cannot make a test database: TEST_DATABASE_URL is not set. Run the tests through vitest's configuration",
    );
  const name = `test_${randomBytes(6).toString("hex")}`;
  const admin = postgres(server, { max: 1, onnotice: () => undefined });
  try {
    await admin.unsafe(`create database ${name} template ${templateName} strategy file_copy`);
    // As in production: index use must not depend on the test run's server.
    await admin.unsafe(`alter database ${name} set random_page_cost = 1.1`);
    await admin.unsafe(`alter database ${name} set jit = off`);
  } finally {
    await admin.end();
  }
  const url = new URL(server);
  url.pathname = `/${name}`;
  const database = openDatabase(url.href, options);
  return {
    ...database,
    url: url.href,
    async close() {
      await database.close();
      const cleaner = postgres(server, { max: 1, onnotice: () => undefined });
      try {
        await cleaner.unsafe(`drop database if exists ${name} with (force)`);
      } finally {
        await cleaner.end();
      }
    },
  };
}

/**
 * Takes all rows out of these tables and of those that refer to them, as `truncate … cascade` does. That makes new files
 * for every table and index, 100 ms of work for the few rows of a test.
 */
export async function emptyTables(sql: Sql, ...names: string[]): Promise<void> {
  const rows = await sql<{ name: string }[]>`
    with recursive found as (
      select name::regclass::oid as id from unnest(${names}::text[]) name
      union select c.conrelid from found join pg_constraint c on c.confrelid = found.id and c.contype = 'f'
    ) select id::regclass::text as name from found`;
  await sql.begin(async (tx) => {
    // Neither triggers nor foreign keys act on rows that all go.
    await tx`set local session_replication_role = replica`;
    await tx.unsafe(rows.map(({ name }) => `delete from ${name}`).join(";"));
  });
}

/** A client whose transactions call `then` after their work and before they commit; its errors roll them back. */
export function beforeCommit(sql: Sql, then: (tx: TransactionSql, result: unknown) => unknown): Sql {
  return new Proxy(sql, {
    get: (target, name) =>
      name === "begin"
        ? (work: (tx: TransactionSql) => Promise<unknown>) =>
            target.begin(async (tx) => {
              const result = await work(tx);
              await then(tx, result);
              return result;
            })
        : Reflect.get(target, name),
  });
}

/** The Redis of the test run; each caller gets keys of its own by using random channel and key names. */
export function testRedisUrl(): string {
  const url = process.env.TEST_REDIS_URL;
  if (!url)
    throw new Error(
      "Cannot reach a test Redis: TEST_REDIS_URL is not set. Run the tests through vitest's configuration",
    );
  return url;
}

/** The number of index entries of `table` read while `work` runs on its own connection. */
export async function rowsRead(
  databaseUrl: string,
  table: string,
  work: (sql: Sql) => Promise<void>,
): Promise<number> {
  // Each connection writes its own statistics; this one on request.
  const { sql, close } = openDatabase(databaseUrl, { max: 1 });
  const count = async () => {
    await sql`select pg_stat_force_next_flush()`;
    const [row] = await sql<{ count: number }[]>`
      select sum(idx_tup_read)::int4 as count from pg_stat_user_indexes where relname = ${table}`;
    return row?.count ?? 0;
  };
  try {
    await endOthers(sql);
    const before = await count();
    await work(sql);
    return (await count()) - before;
  } finally {
    await close();
  }
}

/**
 * Closes idle connections of others to this database: their earlier reads are counted up to ten seconds later, and
 * when they end. Their pools open new ones.
 */
async function endOthers(sql: Sql): Promise<void> {
  for (;;) {
    const [others] = await sql<{ count: number }[]>`
      select count(pg_terminate_backend(pid))::int4 as count from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`;
    if (others?.count === 0) return;
    await Bun.sleep(20);
  }
}

export interface Reading {
  table: string;
  /** Has no transactions of its own. */
  work: (sql: Sql) => Promise<unknown>;
  /** Comes before, and is not counted. */
  prepare?: (sql: Sql) => Promise<unknown>;
}

/**
 * How many rows of `table` are read, also one after the other, while `work` runs in a transaction. Reads of others at
 * the same time is not in there.
 */
export async function rowsReadInside(
  databaseUrl: string,
  { table, work, prepare }: Reading,
): Promise<number> {
  const { sql, close } = openDatabase(databaseUrl, { max: 1 });
  try {
    await prepare?.(sql);
    // Earlier reads of this connection are written now, and not counted later.
    await sql`select pg_stat_force_next_flush()`;
    await sql`begin`;
    await work(sql);
    const [row] = await sql<{ read: number }[]>`
      select (seq_tup_read + idx_tup_fetch)::int4 as read from pg_stat_xact_user_tables where relname = ${table}`;
    return row?.read ?? 0;
  } finally {
    await close();
  }
}
