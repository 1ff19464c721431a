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
