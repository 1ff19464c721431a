import type { TransactionSql } from "postgres";

/** Column names and values; times in ISO 8601, lists and objects as they are. */
export type Row = Readonly<Record<string, unknown>>;

/** So many rows travel in one statement: a few megabytes at most. */
const mostAtOnce = 5_000;

/**
 * Inserts rows of one table of messaging, thousands with a statement. All have the columns of the first one; a value that is
 * undefined becomes null.
 */
export async function insertRows(tx: TransactionSql, table: string, rows: readonly Row[]): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first);
  for (let from = 0; from < rows.length; from += mostAtOnce) {
    const part = JSON.stringify(rows.slice(from, from + mostAtOnce));
    await tx`
      insert into ${tx(`messaging.${table}`)} (${tx(columns)})
      select ${tx(columns)} from jsonb_populate_recordset(null::${tx.unsafe(`messaging.${table}`)}, ${part}::text::jsonb)`;
  }
}
