import type { Sql } from "postgres";
import { openDatabase } from "#db";

/** How many entries of the indexes of `table` are read while `work` runs on a connection of its own. */
export async function rowsRead(
  databaseUrl: string,
  table: string,
  work: (sql: Sql) => Promise<void>,
): Promise<number> {
  // Each connection writes its own statistics, and this one when it is asked to.
  const { sql, close } = openDatabase(databaseUrl, { max: 1 });
  const count = async () => {
    await sql`select pg_stat_force_next_flush()`;
    const [row] = await sql<{ count: number }[]>`
      select sum(idx_tup_read)::int4 as count from pg_stat_user_indexes where relname = ${table}`;
    return row?.count ?? 0;
  };
  try {
    const before = await count();
    await work(sql);
    return (await count()) - before;
  } finally {
    await close();
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
 * How many rows of `table` are read, also one after the other, while `work` runs in a transaction. What others read at
 * the same time is not in there.
 */
export async function rowsReadInside(
  databaseUrl: string,
  { table, work, prepare }: Reading,
): Promise<number> {
  const { sql, close } = openDatabase(databaseUrl, { max: 1 });
  try {
    await prepare?.(sql);
    // What this connection read before is written away, and counted no more.
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
