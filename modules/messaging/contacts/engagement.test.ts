import { afterAll, beforeAll, expect, test } from "vitest";
import { JobDelayed } from "#db";
import { createTestDatabase, type TestDatabase } from "../../../db/testing.ts";
import { insertPage, type StagePage } from "../testing/pages.ts";
import { allEngagementHandler, recentEngagementHandler } from "./engagement_jobs.ts";

let database: TestDatabase;
let page: StagePage;
let contentId: string;
let campaignId: string;
beforeAll(async () => {
  database = await createTestDatabase({ max: 3 });
  page = await insertPage(database, "100", "x");
  const { sql } = database;
  const [content] = await sql`insert into messaging.contents (workspace_id, message)
    values (${page.workspaceId}, '{}') returning id`;
  const [campaign] = await sql`insert into messaging.campaigns (workspace_id, name, kind, audience, draft)
    values (${page.workspaceId}, 'C', 'window', '{}', '{}') returning id`;
  contentId = content?.id;
  campaignId = campaign?.id;
});
afterAll(() => database.close());

interface Person {
  knownDays: number;
  /** Days since each message. */
  wrote: number[];
  /** Campaign messages: days since each, and whether it was read. */
  got?: { days: number; read: boolean };
}

const contacts: [psid: string, is: string, person: Person][] = [
  ["1", "new", { knownDays: 1, wrote: [] }],
  ["2", "new", { knownDays: 6, wrote: [1, 2] }],
  ["3", "inactive", { knownDays: 8, wrote: [] }],
  ["4", "inactive", { knownDays: 200, wrote: [91] }],
  // 49.4 + 3 + 10
  ["5", "warm", { knownDays: 30, wrote: [1] }],
  // 49.4 + 30 + 10
  ["6", "hot", { knownDays: 30, wrote: Array.from({ length: 12 }, (_, n) => n + 1) }],
  // 27.8 + 0 + 10
  ["7", "cold", { knownDays: 100, wrote: [40] }],
  // 27.8 + 0 + 20: read a campaign's message
  ["8", "warm", { knownDays: 100, wrote: [40], got: { days: 20, read: true } }],
  // 39 + 3 + 0: ignored it
  ["9", "warm", { knownDays: 100, wrote: [19.8], got: { days: 10, read: false } }],
  // 36.1 + 3 + 0
  ["10", "cold", { knownDays: 100, wrote: [25], got: { days: 10, read: false } }],
];

async function insertContact(psid: string, { knownDays, wrote, got }: Person): Promise<void> {
  const { sql } = database;
  const ago = (days: number) => sql`now() - make_interval(secs => ${days * 86_400})`;
  const last = wrote.length === 0 ? null : Math.min(...wrote);
  const [contact] = await sql`
    insert into messaging.contacts (workspace_id, page_id, psid, created_at, last_inbound_at)
    values (${page.workspaceId}, ${page.pageId}, ${psid}, ${ago(knownDays)}, ${last === null ? null : ago(last)})
    returning id`;
  const id = contact?.id;
  await sql`insert into messaging.conversations (id, workspace_id, page_id, last_message_at, preview_direction, read_until)
    values (${id}, ${page.workspaceId}, ${page.pageId}, ${ago(last ?? knownDays)}, 'in', ${got?.read === true ? sql`now()` : null})`;
  for (const days of wrote)
    await sql`insert into messaging.messages (workspace_id, conversation_id, page_id, mid, direction, author_kind, sent_at)
      values (${page.workspaceId}, ${id}, ${page.pageId}, gen_random_uuid()::text, 'in', 'contact', ${ago(days)})`;
  if (got)
    await sql`insert into messaging.deliveries (workspace_id, page_id, contact_id, psid, class, content_id, campaign_id, state, settled_at)
      values (${page.workspaceId}, ${page.pageId}, ${id}, ${psid}, 'campaign', ${contentId}, ${campaignId}, 'sent', ${ago(got.days)})`;
}

async function classes(): Promise<Record<string, string>> {
  const rows = await database.sql<{ psid: string; engagement: string }[]>`
    select psid, engagement from messaging.contacts order by psid::int4`;
  return Object.fromEntries(rows.map((row) => [row.psid, row.engagement]));
}

test("engagement follows its formula in the daily run, and within ten minutes after a message", async () => {
  for (const [psid, , person] of contacts) await insertContact(psid, person);

  await expect(allEngagementHandler(database).run({}, "all")).rejects.toBeInstanceOf(JobDelayed);
  const daily = await classes();
  await database.sql`update messaging.contacts set last_inbound_at = now() where psid in ('4', '7')`;
  await database.sql`update messaging.conversations as v set last_message_at = now()
    from messaging.contacts as c where c.id = v.id and c.psid = '4'`;
  await expect(recentEngagementHandler(database).run({}, "all")).rejects.toBeInstanceOf(JobDelayed);

  expect(daily).toEqual(Object.fromEntries(contacts.map(([psid, is]) => [psid, is])));
  expect(await classes()).toEqual({ ...daily, "4": "warm" });
});
