import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "#db";
import { type CampaignStage, insertContacts, openCampaignStage } from "../testing/campaign_stage.ts";
import { insertCampaign } from "../testing/insert_campaign.ts";
import { measureSpeed } from "./counts.ts";
import { foldCounts } from "./counts.ts";
import { finishCampaigns } from "./stops.ts";

let stage: CampaignStage;
beforeAll(async () => {
  stage = await openCampaignStage();
});
afterAll(() => stage.close());

test("foldCounts(), finishCampaigns() and measureSpeed() never deadlock over many campaigns", async () => {
  const { sql, workspaceId } = stage;
  const campaigns = 300;
  const rounds = 15;
  await sql`insert into messaging.campaigns (workspace_id, name, kind, status, audience, draft, options, launched_at, planned_at)
    select ${workspaceId}, n::text, 'window', 'running', '{"all": true}', '{}', '{}', now(), now()
    from generate_series(1, ${campaigns}::int4) n`;

  for (let round = 0; round < rounds; round += 1) {
    await sql`insert into messaging.campaign_deltas (campaign_id, counts)
      select id, '{"sent": 1}' from messaging.campaigns order by random()`;
    // Rows that were changed in any order lie in any order.
    await sql`update messaging.campaigns set progress_at = null, status = 'running'
      where id in (select id from messaging.campaigns order by random() limit ${campaigns / 2})`;
    await Promise.all([
      foldCounts(stage),
      finishCampaigns(stage),
      measureSpeed(stage),
      foldCounts(stage),
      measureSpeed(stage),
    ]);
  }
  await foldCounts(stage);

  const [sum] = await sql`select sum((counts ->> 'sent')::int4)::int4 as sent from messaging.campaigns`;
  expect(sum?.sent).toBe(campaigns * rounds);
});

test("finishCampaigns() does not read the whole ledger after statistics of a busy moment", async () => {
  const [pageId = ""] = stage.pageIds;
  await insertContacts(stage, pageId, 3_000);
  const page = { workspaceId: stage.workspaceId, pageId };
  const id = await insertCampaign(stage, [page]);
  const { sql } = stage;
  await sql`alter table messaging.deliveries set (autovacuum_enabled = false)`;
  await sql`update messaging.deliveries set state = 'sending', attempt_id = gen_random_uuid()`;
  await sql`analyze messaging.deliveries`;
  await sql`update messaging.deliveries set state = 'sent', settled_at = now()`;
  // Each connection writes its own statistics, and this one when it is asked to.
  const { sql: own, close } = openDatabase(stage.database.url, { max: 1 });
  const rowsOfScans = async () => {
    await own`select pg_stat_force_next_flush()`;
    const [row] = await own<{ count: number }[]>`
      select seq_tup_read::int4 as count from pg_stat_user_tables where relname = 'deliveries'`;
    return row?.count;
  };

  const before = await rowsOfScans();
  const finished = await finishCampaigns({ sql: own });
  const after = await rowsOfScans();
  await close();

  expect(finished.map(({ campaignId }) => campaignId)).toContain(id);
  expect(after).toBe(before);
});
