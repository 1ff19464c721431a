import { afterAll, beforeAll, expect, test } from "vitest";
import { type CampaignStage, openCampaignStage } from "../../../e2e/support/campaigns.ts";
import { measureSpeed } from "../campaigns/receipts.ts";
import { finishCampaigns, foldCounts } from "./campaign_counts.ts";

let stage: CampaignStage;
beforeAll(async () => {
  stage = await openCampaignStage();
});
afterAll(() => stage.close());

test("foldCounts(), finishCampaigns() and measureSpeed() over many campaigns at once never wait in a circle", async () => {
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
