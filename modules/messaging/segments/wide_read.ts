import type postgres from "postgres";
import type { Fragment } from "./window_sql.ts";

/**
 * Runs a read that may go over whole tables of a million rows: both processors help, the plan is for these very
 * values, and nothing is compiled just in time, which would take longer than the read. A million rows that lie scattered
 * are not fetched one by one through an index: in a ledger of six millions that took twice the processor time.
 */
export async function wideRead<Row extends object>(
  sql: postgres.Sql,
  query: Fragment,
): Promise<readonly Row[]> {
  let rows: readonly Row[] = [];
  await sql.begin("read only", async (tx) => {
    await tx`select set_config(name, value, true) from (values
      ('max_parallel_workers_per_gather', '2'), ('parallel_setup_cost', '100'), ('parallel_tuple_cost', '0.01'),
      ('work_mem', '64MB'), ('random_page_cost', '4'), ('jit', 'off'), ('plan_cache_mode', 'force_custom_plan')) as setting(name, value)`;
    rows = await tx<Row[]>`${query}`;
  });
  return rows;
}
