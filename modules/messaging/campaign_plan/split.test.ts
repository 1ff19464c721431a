import { afterEach, expect, test } from "vitest";
import { type CampaignStage, openCampaignStage } from "../testing/campaign_stage.ts";
import { checkBreakers } from "../delivery/campaign_breakers.ts";
import { readCampaign } from "../campaigns/campaign_live.ts";
import { resendFailed } from "./resend.ts";
import { wilson } from "../campaign_results/results.ts";
import { chooseWinner, decideSplits, releaseHeld } from "./split.ts";
import { planNews } from "./testing.ts";

let stage: CampaignStage;
afterEach(() => stage.close());

async function planned(contacts: number, split: { minimumSample?: number } = {}): Promise<string> {
  stage = await openCampaignStage({ pages: 2, contacts: contacts / 2 });
  return await planNews(stage, {
    content: undefined,
    variants: [
      { content: { text: "A" }, weight: 50 },
      { content: { text: "B" }, weight: 50 },
    ],
    split: { holdoutPercent: 60, winnerBy: "replied", afterMinutes: 10, ...split },
  });
}

/** As if all that is due was sent ten minutes ago, and so many of a variant's people answered. */
async function sent(campaignId: string, replies: Record<number, number>): Promise<void> {
  await stage.sql`update messaging.deliveries set state = 'sent', attempt_id = gen_random_uuid(),
    attempt_at = now() - interval '10 min', settled_at = now() - interval '10 min'
    where campaign_id = ${campaignId} and variant >= 0`;
  for (const [variant, count] of Object.entries(replies)) {
    await stage.sql`update messaging.contacts set last_inbound_at = now() where id = any (array(
      select contact_id from messaging.deliveries where campaign_id = ${campaignId} and variant = ${Number(variant)}
      order by id limit ${count}))`;
  }
}

const states = async (campaignId: string) =>
  await stage.sql`
  select variant::int4, state, content.message ->> 'text' as text, count(*)::int4 > 0 as any, bool_or(due_at = 'infinity') as waits
  from messaging.deliveries d join messaging.contents content on content.id = d.content_id
  where campaign_id = ${campaignId} group by 1, 2, 3 order by 1, 2`;

test("decideSplits() waits for the time, then sends the better variant to held-back contacts", async () => {
  const id = await planned(400, { minimumSample: 20 });
  await sent(id, { 0: 10, 1: 30 });

  expect(await decideSplits(stage)).toBe(false);
  await stage.sql`update messaging.campaigns set planned_at = now() - interval '11 min'`;
  expect(await decideSplits(stage)).toBe(true);
  expect(await decideSplits(stage)).toBe(false);
  while (await releaseHeld(stage));

  expect((await readCampaign(stage, stage.workspaceId, id)).split).toMatchObject({
    winner: 1,
    decidedAt: expect.any(String),
  });
  expect(await states(id)).toEqual([
    { variant: 0, state: "sent", text: "A", any: true, waits: false },
    { variant: 1, state: "queued", text: "B", any: true, waits: false },
    { variant: 1, state: "sent", text: "B", any: true, waits: false },
  ]);
});

test("decideSplits() chooses no winner below the sample while messages are still queued", async () => {
  const id = await planned(100, { minimumSample: 500 });
  await stage.sql`update messaging.campaigns set planned_at = now() - interval '11 min'`;

  expect(await decideSplits(stage)).toBe(false);
  await sent(id, { 0: 5 });
  expect(await decideSplits(stage)).toBe(true);
  expect((await readCampaign(stage, stage.workspaceId, id)).split?.winner).toBe(0);
});

test("chooseWinner() by hand decides once; a second choice is 409", async () => {
  const id = await planned(40);

  const chosen = await Promise.allSettled(
    [1, 0].map((variant) =>
      chooseWinner(stage, stage.workspaceId, { campaignId: id, variant, by: stage.ann }),
    ),
  );

  expect(chosen.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  await expect(
    chooseWinner(stage, stage.workspaceId, { campaignId: id, variant: 3, by: stage.ann }),
  ).rejects.toMatchObject({
    status: 404,
  });
});

test("resendFailed() resends certain failures and continues a finished campaign; uncertain ones stay", async () => {
  const id = await planned(40);
  const { sql, workspaceId } = stage;
  await sql`update messaging.deliveries set state = 'failed', reason = case when variant = 0 then 'invalid' else 'unconfirmed' end,
    error_code = 100, settled_at = now(), attempts = 1, attempt_id = gen_random_uuid() where campaign_id = ${id} and variant >= 0`;
  await sql`update messaging.campaigns set status = 'completed', finished_at = now(),
    recent = '[{"sent": 20, "failed": 40, "optedOut": 0, "errors": {}}]'`;
  const before = await sql`select attempt_id from messaging.deliveries where variant = 0 order by id`;

  const again = await resendFailed(stage, workspaceId, { campaignId: id, by: stage.ann });

  expect(again).toMatchObject({ status: "running", finishedAt: null });
  const rows = await sql`select variant::int4, state, reason, attempts::int4 from messaging.deliveries
    where campaign_id = ${id} and variant >= 0 group by 1, 2, 3, 4 order by 1`;
  expect(rows).toEqual([
    { variant: 0, state: "queued", reason: null, attempts: 0 },
    { variant: 1, state: "failed", reason: "unconfirmed", attempts: 1 },
  ]);
  expect(await checkBreakers(stage)).toEqual([]);
  // An echo that comes late still finds its row.
  expect(await sql`select attempt_id from messaging.deliveries where variant = 0 order by id`).toEqual(
    before,
  );
  await expect(resendFailed(stage, workspaceId, { campaignId: id, by: stage.ann })).rejects.toMatchObject({
    code: "nothing-failed",
    status: 409,
  });
});

test("resendFailed() skips a comment that another campaign answered since", async () => {
  stage = await openCampaignStage();
  const { sql, workspaceId, pageIds } = stage;
  const [pageId = ""] = pageIds;
  const comment = (from: string) => sql`
    insert into messaging.comments (workspace_id, page_id, comment_id, post_id, from_id, text, created_at, changed_at)
    values (${workspaceId}, ${pageId}, ${from}, ${`${pageId}_1`}, ${from}, 'How much?', now(), now())`;
  await comment("cleo");
  await comment("dora");
  const answers = { kind: "private_reply" as const, audience: { commentsOn: { pageId } } };
  const first = await planNews(stage, answers);
  await sql`update messaging.deliveries set state = 'failed', reason = 'invalid', settled_at = now()`;
  const second = await planNews(stage, answers);
  await sql`delete from messaging.deliveries where campaign_id = ${second} and psid = 'dora'`;

  await resendFailed(stage, workspaceId, { campaignId: first, by: stage.ann });

  const rows =
    await sql`select psid, state from messaging.deliveries where campaign_id = ${first} order by psid`;
  expect(rows).toEqual([
    { psid: "cleo", state: "failed" },
    { psid: "dora", state: "queued" },
  ]);
});

test("wilson() returns the intervals of the tables", async () => {
  stage = await openCampaignStage();
  const { low, high } = wilson(8, 10);

  expect([low.toFixed(3), high.toFixed(3)]).toEqual(["0.490", "0.943"]);
  expect(wilson(0, 0)).toEqual({ count: 0, rate: 0, low: 0, high: 1 });
});
