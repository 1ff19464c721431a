import { afterEach, beforeEach, expect, test } from "vitest";
import { type CampaignStage, insertContacts, openCampaignStage } from "../testing/campaign_stage.ts";
import { foldCounts } from "../campaign_state/counts.ts";
import { readAnalytics } from "./analytics.ts";
import { countDays } from "./count_days.ts";
import { daysFile } from "./days_file.ts";

const zone = "Pacific/Kiritimati";

let stage: CampaignStage;
let people: string[];
beforeEach(async () => {
  stage = await openCampaignStage({ pages: 2 });
  people = [];
  for (const pageId of stage.pageIds) people.push(...(await insertContacts(stage, pageId, 2)));
  await stage.sql`update messaging.pages set created_at = now() - interval '20 days'`;
  await stage.sql`update messaging.contacts set id = id, created_at = now() - interval '300 days'`;
  await stage.sql`
    insert into messaging.conversations (workspace_id, id, page_id, last_message_at, preview_direction)
    select workspace_id, id, page_id, now(), 'in' from messaging.contacts`;
  await stage.sql`insert into messaging.sending_rules (workspace_id, timezone) values (${stage.workspaceId}, ${zone})`;
});
afterEach(() => stage.close());

const of = (index: number): string => people[index] ?? "";

/** A time of the zone, so many days before its today. */
async function at(daysAgo: number, clock: string): Promise<string> {
  const [row] = await stage.sql<{ at: Date | string }[]>`
    select ((now() at time zone ${zone})::date - ${daysAgo}::int4 + ${clock}::time) at time zone ${zone} as at`;
  return new Date(row?.at ?? "").toISOString();
}

/** Stored when it was said, or when it came to be known. */
async function says(who: string, author: string, time: string, known = time): Promise<void> {
  await stage.sql`
    insert into messaging.messages (id, workspace_id, conversation_id, page_id, mid, direction, author_kind, text, sent_at)
    select uuidv7(${known}::timestamptz - clock_timestamp()), workspace_id, id, page_id, gen_random_uuid(),
      ${author === "contact" ? "in" : "out"}, ${author}, 'x', ${time}::timestamptz
    from messaging.contacts where id = ${who}`;
}

const resolved = (who: string, time: string) => stage.sql`
  insert into messaging.events (id, workspace_id, page_id, conversation_id, key, kind, data, at)
  select uuidv7(${time}::timestamptz - clock_timestamp()), workspace_id, page_id, id, gen_random_uuid(), 'status',
    '{"from":"open","to":"resolved"}', ${time}::timestamptz
  from messaging.contacts where id = ${who}`;

async function countAll(): Promise<void> {
  while (await countDays(stage));
}

const read = (query: Parameters<typeof readAnalytics>[2] = { days: "7" }) =>
  readAnalytics(stage, stage.workspaceId, query);

test("countDays() leaves out a page that is deleted while it counts", async () => {
  const [gone] = stage.pageIds;
  let end = () => undefined as unknown;
  const held = new Promise((done) => (end = () => done(null)));
  let isDeleted = () => undefined as unknown;
  const deleted = new Promise((done) => (isDeleted = () => done(null)));
  const deletion = stage.sql.begin(async (tx) => {
    await tx`delete from messaging.conversations where page_id = ${gone ?? ""}`;
    await tx`delete from messaging.contacts where page_id = ${gone ?? ""}`;
    await tx`delete from messaging.lanes where page_id = ${gone ?? ""}`;
    await tx`delete from messaging.pages where id = ${gone ?? ""}`;
    isDeleted();
    await held;
  });
  await deleted;
  const counting = countDays(stage);
  await expect
    .poll(async () => {
      const [row] = await stage.sql<{ count: number }[]>`
        select count(*)::int4 as count from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`;
      return row?.count;
    })
    .toBe(1);
  end();
  await deletion;

  expect(await counting).toBe(true);
  const rows = await stage.sql`select distinct page_id from messaging.day_counts`;
  expect(rows.map((row) => row.page_id)).toEqual([stage.pageIds[1]]);
});

test("countDays() counts days in the workspace's zone: writers, replies and response times", async () => {
  // Waits 5 minutes for the first answer; then 14, though the second word came later.
  await says(of(0), "contact", await at(2, "10:00"));
  await says(of(0), "user", await at(2, "10:05"));
  await says(of(0), "contact", await at(2, "10:06"));
  await says(of(0), "contact", await at(2, "10:19"));
  await says(of(0), "user", await at(2, "10:20"));
  // Nobody asked again.
  await says(of(0), "user", await at(2, "10:30"));
  await resolved(of(0), await at(2, "11:00"));
  // Writes late in the day, and is answered on the next.
  await says(of(1), "contact", await at(2, "23:30"));
  await says(of(1), "automation", await at(2, "23:31"));
  await says(of(1), "user", await at(1, "01:30"));
  await says(of(2), "contact", await at(1, "00:30"));
  await says(of(2), "external", await at(1, "00:40"));
  // Before the span, and long before it was known.
  await says(of(3), "contact", await at(9, "12:00"));
  await says(of(3), "contact", await at(5, "12:00"), await at(1, "12:00"));

  await countAll();
  const { days, totals, before, pages, hours } = await read();

  expect(days).toHaveLength(7);
  expect(days.map(({ received, answers }) => [received, answers])).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
    [0, 0],
    [4, 3],
    [1, 1],
    [0, 0],
  ]);
  expect(days.at(-1)?.day).toBe((await at(0, "20:00")).slice(0, 10));
  expect(totals).toMatchObject({ received: 5, answers: 4, automatic: 1, elsewhere: 1, writersPerDay: 0.4 });
  expect(before).toMatchObject({ received: 1, answers: 0, writersPerDay: 0.1 });
  // 300, 840 and 7,200 seconds.
  expect(totals.response).toEqual({ median: 840, p90: 5_928 });
  expect(totals.resolution).toEqual({ median: 3_600, p90: 3_600 });
  expect(before.response).toEqual({ median: null, p90: null });
  expect(
    pages.map(({ name, received, answers, responseMedian }) => [name, received, answers, responseMedian]),
  ).toEqual([
    ["Page 1", 4, 4, 840],
    ["Page 2", 1, 0, null],
  ]);
  const weekday = (new Date(await at(2, "20:00")).getUTCDay() + 6) % 7;
  expect(hours[weekday]?.[10]).toBe(3);
  expect(hours.flat().reduce((sum, count) => sum + count, 0)).toBe(5);
  const second = await read({ days: "7", pageId: stage.pageIds[1] ?? "" });
  expect([second.totals.received, second.pages.length, second.contacts.total]).toEqual([1, 1, 2]);
});

test("countDays() counts a current day again, keeps a past one, and counts all again in another zone", async () => {
  await says(of(0), "contact", await at(1, "00:30"));
  await says(of(0), "contact", await at(3, "12:00"));
  await countAll();
  const first = await read();
  await says(of(0), "contact", await at(3, "13:00"));
  await says(of(0), "contact", new Date().toISOString());
  await countAll();
  const soon = await read();
  await stage.sql`update messaging.day_counts set counted_at = counted_at - interval '3 min'`;
  await countAll();
  const later = await read();
  await stage.sql`update messaging.sending_rules set timezone = 'UTC'`;
  const moved = await read();
  await countAll();

  expect([first, soon, later, moved].map(({ totals }) => totals.received)).toEqual([2, 2, 3, 0]);
  expect((await read()).totals.received).toBe(4);
});

test("campaign messages count on their day as counts are folded, and once for campaigns finished before", async () => {
  const [running, over] = await stage.sql<{ id: string }[]>`
    insert into messaging.campaigns (workspace_id, name, kind, status, audience, draft, counts, launched_at, finished_at)
    select ${stage.workspaceId}, 'C', 'window', status, '{"all":true}', '{}', counts::jsonb, now() - interval '3 days',
      case when status = 'completed' then now() end
    from (values ('running', '{}'), ('completed', '{"sent":2,"delivered":1,"read":1,"replied":1}')) v (status, counts)
    returning id`;
  const [content] = await stage.sql<{ id: string }[]>`
    insert into messaging.contents (workspace_id, message) values (${stage.workspaceId}, '{}') returning id`;
  await stage.sql`
    insert into messaging.deliveries (workspace_id, page_id, contact_id, psid, class, content_id, campaign_id, state, settled_at)
    select workspace_id, page_id, id, psid, 'campaign', ${content?.id ?? ""}, ${over?.id ?? ""}, 'sent', ${await at(3, "12:00")}
    from messaging.contacts limit 2`;
  const delta = (counts: object) => stage.sql`
    insert into messaging.campaign_deltas (campaign_id, counts) values (${running?.id ?? ""}, ${JSON.stringify(counts)}::jsonb)`;

  await delta({ queued: -3, sent: 3 });
  await foldCounts(stage);
  await delta({ sent: 4, failed: 1 });
  await delta({ sent: -1, failed: 1 });
  await foldCounts(stage);
  await countAll();
  const { days, totals, before, launched } = await read();

  expect(days.map(({ campaigns }) => campaigns)).toEqual([0, 0, 0, 2, 0, 0, 6]);
  expect([totals.campaigns, before.campaigns]).toEqual([8, 0]);
  expect(launched).toEqual({ campaigns: 2, sent: 8, delivered: 1, read: 1, replied: 1 });
  // Pages have no share of it.
  expect((await read({ days: "7", pageId: stage.pageIds[0] ?? "" })).totals.campaigns).toBe(0);
});

test("readAnalytics() counts new contacts by source, contacts as they are now, and none of another workspace", async () => {
  await stage.sql`
    insert into messaging.contacts (workspace_id, page_id, psid, source, subscribed, engagement, last_inbound_at)
    values (${stage.workspaceId}, ${stage.pageIds[0] ?? ""}, 'ad1', 'ad', false, 'hot', now() - interval '2 days'),
      (${stage.workspaceId}, ${stage.pageIds[0] ?? ""}, 'ad2', 'ad', true, 'new', null)`;
  await countAll();
  const { sources, contacts, totals } = await read();

  expect(sources).toEqual([{ source: "ad", count: 2 }]);
  expect(totals.newContacts).toBe(2);
  expect(contacts).toEqual({
    total: 6,
    subscribed: 5,
    window: { open: 4, human: 1, closed: 1 },
    engagement: { new: 5, hot: 1, warm: 0, cold: 0, inactive: 0 },
  });
  const [other] = await stage.sql<{ id: string }[]>`
    insert into auth.workspaces (name) values ('Elsewhere') returning id`;
  const elsewhere = await readAnalytics(stage, other?.id ?? "", {});
  expect([elsewhere.contacts.total, elsewhere.pages, elsewhere.sources]).toEqual([0, [], []]);
  await expect(
    readAnalytics(stage, other?.id ?? "", { pageId: stage.pageIds[0] ?? "" }),
  ).rejects.toMatchObject({ status: 404 });
});

test("daysFile() writes the days for spreadsheets with the figures of the analytics", async () => {
  await says(of(0), "contact", await at(1, "10:00"));
  await says(of(0), "user", await at(1, "10:05"));
  await countAll();
  const { days } = await read();

  const file = await daysFile(stage, stage.workspaceId, { days: "7" });
  const lines = (await file.text()).trimEnd().split("\r\n");

  expect(file.headers.get("content-disposition")).toContain(`analytics-${days[0]?.day}-${days[6]?.day}.csv`);
  expect(lines).toHaveLength(8);
  expect(lines[0]).toContain("day,zone,received,answers,campaigns and sequences,new contacts");
  expect(lines[6]).toBe(`${days[5]?.day},${zone},1,1,0,0`);
});
