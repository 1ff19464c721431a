import { afterEach, beforeEach, expect, test } from "vitest";
import { type CampaignStage, openCampaignStage } from "../testing/campaign_stage.ts";
import { readCampaign } from "../campaigns/campaign_live.ts";
import type { Goal } from "../campaigns/goal.ts";
import { launch } from "../campaign_plan/launch.ts";
import { readResults } from "./results.ts";
import { decideSplits } from "../campaign_plan/split.ts";
import { draftNews, planAll } from "../campaign_plan/testing.ts";

const guji = "https://example.com/guji";
const other = "https://example.com/other";

let stage: CampaignStage;
let contacts: string[];
beforeEach(async () => {
  stage = await openCampaignStage({ contacts: 6 });
  contacts = (await stage.sql<{ id: string }[]>`select id from messaging.contacts order by id`).map(
    ({ id }) => id,
  );
});
afterEach(() => stage.close());

async function draftFor(goal: Goal): Promise<string> {
  const buttons = [guji, other].map((url) => ({ type: "url" as const, title: "Look", url, isTracked: true }));
  const content = { text: "Beans", buttons };
  return await draftNews(stage, {
    content: undefined,
    variants: [
      { content, weight: 50 },
      { content, weight: 50 },
    ],
    split: { holdoutPercent: 0, winnerBy: "reached", afterMinutes: 1, minimumSample: 1 },
    options: { goal },
  });
}

/** Launched, and as if it had reached everybody two days ago: the first three people with A, the others with B. */
async function sentTwoDaysAgo(goal: Goal): Promise<string> {
  const campaignId = await draftFor(goal);
  await launch(stage, stage.workspaceId, { campaignId, by: stage.ann });
  await planAll(stage);
  await stage.sql`update messaging.deliveries set state = 'sent', attempt_id = gen_random_uuid(),
      attempt_at = now() - interval '2 days', settled_at = now() - interval '2 days',
      variant = case when contact_id = any(${contacts.slice(0, 3)}::uuid[]) then 0 else 1 end
    where campaign_id = ${campaignId}`;
  return campaignId;
}

/** How many of each variant reached it, and of all. */
async function reached(campaignId: string): Promise<(number | undefined)[]> {
  const results = await readResults(stage, stage.workspaceId, campaignId);
  return [...results.byVariant.map((one) => one.reached?.count), results.reached?.count];
}

const click = (index: number, link: number, daysAgo: number) => stage.sql`
  insert into messaging.clicks (delivery_id, link, clicked_at)
  select id, ${link}, now() - make_interval(secs => ${86_400 * daysAgo}::float8)
  from messaging.deliveries where contact_id = ${contacts[index] ?? ""}`;

test("a goal of clicks counts any link or one, within its days, per variant, and can decide a split test", async () => {
  const any = await sentTwoDaysAgo({ on: "clicked", withinDays: 1 });
  await click(0, 0, 1.5);
  await click(1, 1, 0.5);
  await click(3, 1, 1.5);
  await click(4, 0, 1.2);

  expect(await reached(any)).toEqual([1, 2, 3]);
  const one = { on: "clicked", url: guji, withinDays: 1 };
  await stage.sql`update messaging.campaigns
    set options = options || ${JSON.stringify({ goal: one })}::jsonb, planned_at = now() - interval '5 min'`;
  expect(await reached(any)).toEqual([1, 1, 2]);
  await click(5, 0, 1.1);
  expect(await decideSplits(stage)).toBe(true);
  expect((await readCampaign(stage, stage.workspaceId, any)).split?.winner).toBe(1);
});

test("a goal of replies counts contacts who wrote within its days", async () => {
  const id = await sentTwoDaysAgo({ on: "replied", withinDays: 1 });
  await stage.sql`insert into messaging.conversations (workspace_id, page_id, id, last_message_at, preview_direction)
    select workspace_id, page_id, id, now(), 'in' from messaging.contacts`;
  const write = (index: number, daysAgo: number) => stage.sql`
    insert into messaging.messages (workspace_id, page_id, conversation_id, direction, author_kind, mid, text, sent_at)
    select workspace_id, page_id, id, 'in', 'contact', gen_random_uuid()::text, 'Hi', now() - make_interval(secs => ${86_400 * daysAgo}::float8)
    from messaging.contacts where id = ${contacts[index] ?? ""}`;
  await write(0, 3);
  await write(1, 1.5);
  await write(4, 0.5);

  expect(await reached(id)).toEqual([1, 0, 1]);
});

test("a goal of a tag or field counts contacts who got it after the message, with the given value", async () => {
  const { workspaceId } = stage;
  const [tag] = await stage.sql<{ id: string }[]>`insert into messaging.tags (workspace_id, name, colour)
    values (${workspaceId}, 'Bought', 'blue') returning id`;
  const [field] = await stage.sql<
    { id: string }[]
  >`insert into messaging.custom_fields (workspace_id, key, label, type)
    values (${workspaceId}, 'city', 'City', 'text') returning id`;
  const ids = { tagId: tag?.id ?? "", fieldId: field?.id ?? "" };
  const id = await sentTwoDaysAgo({ on: "tagged", tagId: ids.tagId, withinDays: 3 });
  for (const [index, daysAgo] of [
    [0, 3],
    [1, 1],
    [4, 0],
  ] as const) {
    await stage.sql`insert into messaging.contact_tags (workspace_id, page_id, contact_id, tag_id, tagged_at)
      select workspace_id, page_id, id, ${ids.tagId}, now() - make_interval(days => ${daysAgo})
      from messaging.contacts where id = ${contacts[index] ?? ""}`;
  }
  expect(await reached(id)).toEqual([1, 1, 2]);

  const goal = { on: "field", fieldId: ids.fieldId, value: "bonn", withinDays: 3 };
  await stage.sql`update messaging.campaigns set options = options || ${JSON.stringify({ goal })}::jsonb`;
  for (const [index, city] of [
    [0, "Bonn"],
    [1, "Rome"],
  ] as const) {
    await stage.sql`insert into messaging.contact_fields (workspace_id, page_id, contact_id, field_id, type, text_value)
      select workspace_id, page_id, id, ${ids.fieldId}, 'text', ${city}
      from messaging.contacts where id = ${contacts[index] ?? ""}`;
  }
  expect(await reached(id)).toEqual([1, 0, 1]);
});

test("createDraft() refuses a goal with unknown ids, and a winner by a missing goal", async () => {
  const missing = crypto.randomUUID();
  const variants = [
    { content: { text: "A" }, weight: 50 },
    { content: { text: "B" }, weight: 50 },
  ];
  const split = { holdoutPercent: 0, winnerBy: "reached", afterMinutes: 1 } as const;

  await expect(draftFor({ on: "tagged", tagId: missing, withinDays: 1 })).rejects.toMatchObject({
    code: "goal-invalid",
    status: 422,
  });
  await expect(draftNews(stage, { content: undefined, variants, split })).rejects.toMatchObject({
    code: "split-without-goal",
    status: 422,
  });
});

test("createDraft() refuses a goal with a value that its field cannot have", async () => {
  const [field] = await stage.sql<{ id: string }[]>`
    insert into messaging.custom_fields (workspace_id, key, label, type)
    values (${stage.workspaceId}, 'orders', 'Orders', 'number') returning id`;

  await expect(
    draftFor({ on: "field", fieldId: field?.id ?? "", value: "many", withinDays: 1 }),
  ).rejects.toMatchObject({
    code: "goal-never-reached",
    message: expect.stringContaining("a number, such as 12.5"),
    errors: [{ code: "value-not-number", params: { label: "Orders" } }],
  });
});

test("createDraft() refuses a goal with a tag of another workspace", async () => {
  const [theirs] = await stage.sql<{ id: string }[]>`
    with elsewhere as (insert into auth.workspaces (name) values ('Elsewhere') returning id)
    insert into messaging.tags (workspace_id, name, colour) select id, 'Buyer', 'blue' from elsewhere returning id`;

  const refused = draftFor({ on: "tagged", tagId: theirs?.id ?? "", withinDays: 3 });

  await expect(refused).rejects.toMatchObject({ code: "goal-invalid" });
});
