import { expect, test } from "vitest";
import { type CampaignStage, campaignStageOfTest } from "../testing/campaign_stage.ts";
import { closeLanes } from "../delivery/lanes.ts";
import { archive } from "../campaign_draft/draft.ts";
import { readCampaign } from "../campaigns/campaign_live.ts";
import { resendFailed } from "./resend.ts";
import { readResults } from "../campaign_results/results.ts";
import { decideSplits, releaseHeld } from "./split.ts";
import { planNews } from "./testing.ts";

const resend = (stage: CampaignStage, campaignId: string) =>
  resendFailed(stage, stage.workspaceId, { campaignId, by: stage.ann });

/** How many rows a campaign has in each state, and why. */
async function rowsOf({ sql }: CampaignStage, campaignId: string) {
  return await sql`select state, reason, count(*)::int4 as count from messaging.deliveries
    where campaign_id = ${campaignId} group by 1, 2 order by 1, 2`;
}

/** As if all that waits was sent, and the campaign is over. */
async function finish({ sql }: CampaignStage, campaignId: string): Promise<void> {
  await sql`update messaging.deliveries set state = 'sent', attempt_at = now(), settled_at = now()
    where campaign_id = ${campaignId} and state = 'queued' and due_at < 'infinity'`;
  await sql`update messaging.campaigns set status = 'completed', finished_at = now() where id = ${campaignId}`;
}

test("resendFailed() includes contacts skipped for a page that is fixed, and none skipped for themselves", async () => {
  const stage = await campaignStageOfTest({ pages: 3, contacts: 4 });
  const { sql, workspaceId, pageIds } = stage;
  const [dead = "", gone = ""] = pageIds;
  await sql`update messaging.pages set status = 'token_dead' where id = ${dead}`;
  await sql`update messaging.contacts set subscribed = false
    where id = any(array(select min(id::text)::uuid from messaging.contacts group by page_id))`;
  const id = await planNews(stage);
  // One page dies before the plan, and one is disconnected while its people wait.
  await sql.begin((tx) => closeLanes(tx, { workspaceId, pageId: gone }));
  await sql`update messaging.pages set status = 'disconnected' where id = ${gone}`;
  await finish(stage, id);
  await archive(stage, workspaceId, { campaignId: id, isArchived: true });
  const { missed: before } = await readResults(stage, workspaceId, id);
  const tooEarly = resend(stage, id);

  await expect(tooEarly).rejects.toMatchObject({
    code: "nothing-failed",
    message: expect.stringContaining("reconnect it"),
  });
  await sql`update messaging.pages set status = 'connected' where id = ${gone}`;
  await resend(stage, id);
  await sql`update messaging.pages set status = 'connected' where id = ${dead}`;
  const { missed: between } = await readResults(stage, workspaceId, id);
  const again = await resend(stage, id);

  expect([before, between]).toEqual([0, 4]);
  expect(again).toMatchObject({ status: "running", finishedAt: null, archivedAt: null });
  expect(await rowsOf(stage, id)).toEqual([
    { state: "queued", reason: null, count: 7 },
    { state: "sent", reason: null, count: 3 },
    { state: "skipped", reason: "unsubscribed", count: 2 },
  ]);
  expect((await readCampaign(stage, workspaceId, id)).counts).toMatchObject({ planned: 12, skipped: 2 });
});

test("resendFailed() includes contacts under another app's control, and reports them until then", async () => {
  const stage = await campaignStageOfTest({ pages: 1, contacts: 3 });
  const id = await planNews(stage);
  await stage.sql`update messaging.deliveries set state = 'skipped', reason = 'another-app', error_code = 10,
    error_subcode = 2018300, settled_at = now() where id = (select min(id::text)::uuid from messaging.deliveries)`;
  await finish(stage, id);
  const { missed, byReason } = await readResults(stage, stage.workspaceId, id);

  await resend(stage, id);

  expect(missed).toBe(1);
  expect(byReason).toEqual([
    {
      state: "skipped",
      reason: "another-app",
      title: "Another app controls the conversation with this person",
      titleCode: "reason-another-app",
      count: 1,
    },
  ]);
  expect(await rowsOf(stage, id)).toEqual([
    { state: "queued", reason: null, count: 1 },
    { state: "sent", reason: null, count: 2 },
  ]);
});

test("resendFailed() sends the winner to a split test's held-back contacts of a dead page", async () => {
  const stage = await campaignStageOfTest({ pages: 2, contacts: 40 });
  const { sql, pageIds } = stage;
  await sql`update messaging.pages set status = 'token_dead' where id = ${pageIds[0] ?? ""}`;
  const id = await planNews(stage, {
    content: undefined,
    variants: [
      { content: { text: "A" }, weight: 50 },
      { content: { text: "B" }, weight: 50 },
    ],
    split: { holdoutPercent: 60, winnerBy: "replied", afterMinutes: 10 },
  });
  await sql`update messaging.deliveries set state = 'sent', attempt_at = now(), settled_at = now() - interval '1 min'
    where campaign_id = ${id} and state = 'queued' and due_at < 'infinity'`;
  await sql`update messaging.contacts c set last_inbound_at = now() from messaging.deliveries d
    where d.contact_id = c.id and d.variant = 1 and d.state = 'sent'`;
  await sql`update messaging.campaigns set planned_at = now() - interval '11 min'`;
  await decideSplits(stage);
  while (await releaseHeld(stage));
  await finish(stage, id);
  await sql`update messaging.pages set status = 'connected'`;

  await resend(stage, id);
  while (await releaseHeld(stage));

  const [row] = await sql`
    select count(*)::int4 as count, count(*) filter (where due_at = 'infinity')::int4 as held,
      count(*) filter (where content.message ->> 'text' = 'A')::int4 as losers
    from messaging.deliveries d join messaging.contents content on content.id = d.content_id
    where campaign_id = ${id} and state = 'queued'`;
  expect(row).toMatchObject({ count: 40, held: 0 });
  expect(Number(row?.losers)).toBeLessThan(20);
});
