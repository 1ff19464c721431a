import { afterEach, beforeEach, expect, test } from "vitest";
import { type CampaignStage, openCampaignStage } from "../testing/campaign_stage.ts";
import { ensureLanes } from "../delivery/lanes.ts";
import { readResults } from "./results.ts";
import { planNews } from "../campaign_plan/testing.ts";

let stage: CampaignStage;
let campaignId: string;
beforeEach(async () => {
  stage = await openCampaignStage({ pages: 2, contacts: 2 });
  const { sql, workspaceId } = stage;
  for (const pageId of stage.pageIds) await sql.begin((tx) => ensureLanes(tx, { workspaceId, pageId }));
  campaignId = await planNews(stage);
});
afterEach(() => stage.close());

const waits = async () => (await readResults(stage, stage.workspaceId, campaignId)).waits;

test("a running campaign reports how many pages hold it back, and until when", async () => {
  const before = await waits();
  await stage.sql`update messaging.lanes set held_until = '2099-01-01T00:00:00Z', held_reason = 'Meta''s rate limit is reached'
    where page_id = ${stage.pageIds[0] ?? ""}`;
  const held = await waits();
  await stage.sql`update messaging.lanes set held_until = now() - interval '1 s'`;

  expect(before).toBeNull();
  expect(held).toEqual({
    why: "page",
    reason: "Meta's rate limit is reached",
    pages: 1,
    of: 2,
    until: "2099-01-01T00:00:00.000Z",
  });
  expect(await waits()).toBeNull();
});

test("a campaign without due contacts reports the next due time, or the pending winner", async () => {
  await stage.sql`update messaging.deliveries set due_at = '2099-01-01T08:00:00Z' where campaign_id = ${campaignId}`;
  const later = await waits();
  await stage.sql`update messaging.deliveries set due_at = 'infinity' where campaign_id = ${campaignId}`;
  const winner = await waits();
  await stage.sql`update messaging.campaigns set status = 'paused', paused_from = 'running' where id = ${campaignId}`;

  expect(later).toMatchObject({ why: "time", until: "2099-01-01T08:00:00.000Z" });
  expect(winner).toMatchObject({ why: "winner", until: null });
  expect(await waits()).toBeNull();
});
