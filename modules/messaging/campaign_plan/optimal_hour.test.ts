import { afterEach, beforeEach, expect, test } from "vitest";
import { type CampaignStage, insertContacts, openCampaignStage } from "../testing/campaign_stage.ts";
import { readCampaign } from "../campaigns/campaign_live.ts";
import { clockOf } from "./optimal_hour.ts";
import { refreshReceipts } from "../campaign_results/receipts.ts";
import type { NewCampaign } from "../campaigns/schema.ts";
import { draftNews, planNews } from "./testing.ts";

const hourMs = 3_600_000;
let stage: CampaignStage;
beforeEach(async () => {
  stage = await openCampaignStage();
});
afterEach(async () => await stage.close());

/** So many messages of each person, one a day, in the hour that comes so many hours after this one (in UTC). */
async function wrote(ids: readonly string[], hoursAhead: number, times: number): Promise<void> {
  await stage.sql`
    insert into messaging.conversations (id, workspace_id, page_id, last_message_at, preview_direction)
    select id, workspace_id, page_id, now(), 'in' from messaging.contacts where id = any(${ids}::uuid[])
    on conflict do nothing`;
  await stage.sql`
    insert into messaging.messages (workspace_id, conversation_id, page_id, mid, direction, author_kind, sent_at)
    select workspace_id, id, page_id, gen_random_uuid()::text, 'in', 'contact',
      date_trunc('hour', now()) + make_interval(hours => ${hoursAhead}, mins => 20, days => -day)
    from messaging.contacts, generate_series(1, ${times}::int4) day where id = any(${ids}::uuid[])`;
}

const planned = (changes: Partial<NewCampaign> = {}) =>
  planNews(stage, { ...changes, options: { optimalHour: { withinHours: 24 }, ...changes.options } });

/** In how many hours' time each person's message is due, the running hour being 0; by contact. */
async function dueHours(campaignId: string): Promise<Map<string, number>> {
  const rows = await stage.sql<{ id: string; hours: number }[]>`
    select contact_id as id, floor(extract(epoch from due_at - date_trunc('hour', now())) / 3600)::int4 as hours
    from messaging.deliveries where campaign_id = ${campaignId} and state = 'queued'`;
  return new Map(rows.map(({ id, hours }) => [id, hours]));
}

const contacts = (count: number) => insertContacts(stage, stage.pageIds[0] ?? "", count);

test("planSome() with an optimal hour makes each contact due in their most active hour", async () => {
  const early = await contacts(2);
  const late = await contacts(3);
  const few = await contacts(1);
  await wrote(early, 3, 4);
  await wrote(early, 9, 3);
  await wrote(late, 7, 20);
  await wrote(few, 9, 2);

  const due = await dueHours(await planned());

  expect(early.map((id) => due.get(id))).toEqual([3, 3]);
  // Two messages are too few: they get it at their page's most active hour.
  expect([...late, ...few].map((id) => due.get(id))).toEqual([7, 7, 7, 7]);
});

test("planSome() with an optimal hour respects the span, the window, the expiry and quiet hours", async () => {
  const [closing = "", waits = "", atOnce = ""] = await contacts(3);
  await wrote([closing, waits, atOnce], 6, 9);
  await wrote([closing], 2, 4);
  await wrote([atOnce], 0, 2);
  // The window of the first closes in four hours: their best hour of those is another one; the last one's in a minute.
  await stage.sql`update messaging.contacts set last_inbound_at = now() - interval '20 h' where id = ${closing}`;
  await stage.sql`update messaging.contacts set last_inbound_at = now() - interval '1436 min' where id = ${atOnce}`;

  const free = await dueHours(await planned());
  expect([free.get(closing), free.get(waits), free.get(atOnce)]).toEqual([2, 6, 0]);

  const shorter = await dueHours(await planned({ options: { optimalHour: { withinHours: 4 } } }));
  expect(shorter.get(waits)).toBe(2);
  const expiring = new Date(Date.now() + 4 * hourMs).toISOString();
  expect((await dueHours(await planned({ expiresAt: expiring }))).get(waits)).toBe(2);

  // Quiet from the hour before their best one until two hours after it.
  const minute = (hours: number) => ((new Date().getUTCHours() + hours) % 24) * 60;
  await stage.sql`insert into messaging.sending_rules (workspace_id, timezone, quiet_from, quiet_until)
    values (${stage.workspaceId}, 'UTC', ${minute(5)}, ${minute(8)})`;
  expect((await dueHours(await planned())).get(waits)).toBe(2);
  const ignoring = { optimalHour: { withinHours: 24 }, ignoreQuietHours: true };
  expect((await dueHours(await planned({ options: ignoring }))).get(waits)).toBe(6);
});

test("planSome() with an optimal hour reads a contact's activity in their own zone", async () => {
  const [tokyo = "", half = ""] = await contacts(2);
  await wrote([tokyo, half], 5, 6);
  await stage.sql`update messaging.contacts set timezone = 'Asia/Tokyo' where id = ${tokyo}`;
  await stage.sql`update messaging.contacts set timezone = '-3.5' where id = ${half}`;

  const campaignId = await planned();

  expect((await dueHours(campaignId)).get(tokyo)).toBe(5);
  // They wrote at twenty past by UTC, which is ten to by theirs: their hour begins half an hour earlier.
  const [row] = await stage.sql<{ minutes: number }[]>`
    select (extract(epoch from due_at - date_trunc('hour', now())) / 60)::int4 as minutes
    from messaging.deliveries where campaign_id = ${campaignId} and contact_id = ${half}`;
  expect(row?.minutes).toBe(5 * 60 - 30);
});

test("a campaign with an optimal hour does not end before the last contact's hour", async () => {
  await wrote(await contacts(2), 6, 5);
  const campaignId = await planned();

  while (await refreshReceipts(stage));

  const { endsAt } = await readCampaign(stage, stage.workspaceId, campaignId);
  expect(Date.parse(endsAt ?? "")).toBeGreaterThan(Date.now() + 5 * hourMs - 60_000);
});

test("clockOf() applies summer time by week, and moves an hour to the end of quiet hours", () => {
  const now = Date.parse("2026-04-01T10:40:00Z");
  const rules = { zone: "UTC", quiet: { from: 22 * 60 + 30, until: 8 * 60 + 15 } };

  const { offsets, slots } = clockOf("Europe/Berlin", { rules, now, until: now + 24 * hourMs });

  expect([offsets[0], offsets[1], offsets[26]]).toEqual([120, 60, 120]);
  expect(slots[12]).toBe("2026-04-01T10:40:00.000Z");
  expect(slots[13]).toBe("2026-04-01T11:00:00.000Z");
  expect(slots[22]).toBe("2026-04-01T20:00:00.000Z");
  expect(slots[8]).toBe("2026-04-02T06:15:00.000Z");
  expect([slots[23], slots[0], slots[7]]).toEqual([null, null, null]);
});

test("createDraft() refuses an optimal hour with one time in each contact's zone, and for private replies", async () => {
  const options = { optimalHour: { withinHours: 24 } };
  const at = new Date(Date.now() + hourMs).toISOString();
  const schedule = { at, inContactZone: true };
  await expect(draftNews(stage, { options, schedule })).rejects.toMatchObject({
    code: "schedule-two-times",
  });
  const commentsOn = { pageId: stage.pageIds[0] ?? "" };
  const answers = draftNews(stage, { kind: "private_reply", audience: { commentsOn }, options });
  await expect(answers).rejects.toMatchObject({ code: "private-reply-hour" });
});
