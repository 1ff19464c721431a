import type { Sql } from "postgres";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase } from "#db";
import { type CampaignStage, openCampaignStage } from "../../../e2e/support/campaigns.ts";
import { insertCampaign } from "../../../e2e/support/delivery.ts";
import { readPages } from "../pages/page_store.ts";
import { ensureLanes, summarizeLanes } from "./lanes.ts";

const [sent, waiting] = [6_000, 1_200];

let stage: CampaignStage;
beforeEach(async () => {
  stage = await openCampaignStage({ people: sent });
  const { sql, workspaceId, pageIds } = stage;
  const pages = pageIds.map((pageId) => ({ workspaceId, pageId }));
  for (const page of pages) await ensureLanes(sql, page);
  const before = await insertCampaign(stage.database, pages);
  await sql`update messaging.deliveries set state = 'sent', settled_at = now() where campaign_id = ${before}`;
  await sql`update messaging.campaigns set status = 'completed' where id = ${before}`;
  const now = await insertCampaign(stage.database, pages);
  await sql`delete from messaging.deliveries where campaign_id = ${now} and id not in (
    select id from messaging.deliveries where campaign_id = ${now} limit ${waiting})`;
  await sql`vacuum (analyze) messaging.deliveries`;
});
afterEach(() => stage.close());

/** How many rows of the ledger are read while `work` runs, in one transaction: what others did is not in there. */
async function rowsRead(work: (sql: Sql) => Promise<void>): Promise<number> {
  const { sql, close } = openDatabase(stage.database.url, { max: 1 });
  await sql`begin`;
  await work(sql);
  const [row] = await sql<{ read: number }[]>`select (seq_tup_read + idx_tup_fetch)::int4 as read
    from pg_stat_xact_user_tables where relname = 'deliveries'`;
  await close();
  return row?.read ?? 0;
}

test("what waits in lanes is counted without reading what was sent", async () => {
  let lanes: Awaited<ReturnType<typeof summarizeLanes>> = [];

  const read = await rowsRead(async (sql) => {
    lanes = await summarizeLanes({ sql });
  });

  expect(lanes).toEqual([expect.objectContaining({ class: "campaign", waiting, unknown: 0 })]);
  expect(read).toBeLessThan(2 * waiting);
});

test("a page says how many wait up to 1,000, whatever more a campaign has", async () => {
  let counts: number[] = [];

  const read = await rowsRead(async (sql) => {
    counts = (await readPages({ sql }, stage)).map((page) => page.waiting);
  });

  expect(counts).toEqual([1_000]);
  expect(read).toBeLessThan(1_100);
});
