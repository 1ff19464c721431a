import { openDatabase } from "#db";
import type { CampaignStage } from "./campaign_stage.ts";

/** Rows and index entries of conversations that one asking reads, by the plan that a connection makes for any values. */
export async function conversationsRead(
  stage: CampaignStage,
  ask: (sql: CampaignStage["sql"]) => Promise<unknown>,
): Promise<number> {
  // Each connection writes its own statistics, and this one when it is asked to.
  const { sql, close } = openDatabase(stage.database.url, { max: 1 });
  const count = async () => {
    await sql`select pg_stat_force_next_flush()`;
    const [row] = await sql<{ count: number }[]>`
      select (seq_tup_read + idx_tup_fetch + (
        select sum(idx_tup_read) from pg_stat_user_indexes where relname = 'conversations'))::int4 as count
      from pg_stat_user_tables where relname = 'conversations'`;
    return row?.count ?? 0;
  };
  for (let n = 0; n < 10; n += 1) await ask(sql);
  const before = await count();
  await ask(sql);
  const read = (await count()) - before;
  await close();
  return read;
}
