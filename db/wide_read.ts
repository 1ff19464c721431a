import pLimit from "p-limit";
import type postgres from "postgres";

type Query = postgres.PendingQuery<postgres.Row[]>;

/** Few at once leave connections, processors and memory to fast queries; the others wait. */
const inTurn = pLimit(3);

/**
 * Runs a read that may go over whole tables of a million rows: both processors help, the plan is for these very
 * values, and nothing is compiled just in time, which would take longer than the read. A million rows that lie scattered
 * are not fetched one by one through an index: in a ledger of six millions that took twice the processor time.
 */
export async function wideRead<Row extends object>(sql: postgres.Sql, query: Query): Promise<readonly Row[]> {
  const settings = {
    max_parallel_workers_per_gather: "2",
    parallel_setup_cost: "100",
    parallel_tuple_cost: "0.01",
    work_mem: "64MB",
    random_page_cost: "4",
  };
  return await inTurn(() => readWith<Row>(sql, query, settings));
}

/**
 * Runs a read of few rows of a large table, which an index finds. Statistics are a minute behind a plan that writes a
 * million rows: a campaign that was a fifth of the ledger is still taken for one, and all of it would be read.
 */
export async function narrowRead<Row extends object>(
  sql: postgres.Sql,
  query: Query,
): Promise<readonly Row[]> {
  return await readWith(sql, query, { enable_seqscan: "off" });
}

/** With settings for this read alone, and a plan for these very values. */
async function readWith<Row extends object>(
  sql: postgres.Sql,
  query: Query,
  settings: Readonly<Record<string, string>>,
): Promise<readonly Row[]> {
  const all = { ...settings, jit: "off", plan_cache_mode: "force_custom_plan" };
  let rows: readonly Row[] = [];
  await sql.begin("read only", async (tx) => {
    await tx`select set_config(key, value, true) from jsonb_each_text(${JSON.stringify(all)}::jsonb)`;
    rows = await tx<Row[]>`${query}`;
  });
  return rows;
}
