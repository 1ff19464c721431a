import type { Sql } from "postgres";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase } from "#db";
import { type CampaignStage, openCampaignStage } from "../testing/campaign_stage.ts";
import { rowsRead } from "../../../db/testing.ts";
import { countResults } from "./count_results.ts";
import { listRecipients } from "./recipients.ts";
import { planNews } from "../campaign_plan/testing.ts";
import { listReceivedCampaigns } from "../contacts/received_campaigns.ts";

let stage: CampaignStage;
beforeEach(async () => {
  stage = await openCampaignStage({ contacts: 2_000 });
});
afterEach(() => stage.close());

test("listRecipients() of skipped or failed ones does not read the others", async () => {
  const { sql, workspaceId } = stage;
  await sql`update messaging.contacts set subscribed = false
    where id = any(array(select id from messaging.contacts order by id desc limit 20))`;
  const campaignId = await planNews(stage);
  await sql`update messaging.deliveries set state = 'failed', reason = 'unreachable'
    where id = any(array(select id from messaging.deliveries where state = 'queued' order by id desc limit 10))`;
  await sql`vacuum (analyze) messaging.deliveries`;
  const found = new Set<number>();

  // More often than Postgres plans a statement anew.
  const read = await rowsRead(stage.database.url, "deliveries", async (own) => {
    for (let n = 0; n < 8; n += 1)
      for (const state of ["skipped", "failed"] as const)
        found.add(
          (await listRecipients({ sql: own }, workspaceId, { campaignId, state, limit: 50 })).items.length,
        );
  });

  expect([...found]).toEqual([20, 10]);
  expect(read).toBeLessThan(8 * 60);
});

test("recipients, results and a contact's campaigns do not read clicks of other campaigns", async () => {
  const { sql, workspaceId } = stage;
  const others = await planNews(stage);
  await sql`update messaging.deliveries set state = 'sent', attempt_id = uuidv7(), attempt_at = now(), settled_at = now()`;
  await sql`insert into messaging.clicks (delivery_id, link) select id, link from messaging.deliveries, generate_series(1, 9) link`;
  await sql`update messaging.contacts set subscribed = false
    where id <> all(array(select id from messaging.contacts order by id limit 30))`;
  const campaignId = await planNews(stage);
  await sql`update messaging.deliveries set state = 'sent', attempt_id = uuidv7(), attempt_at = now(), settled_at = now()
    where campaign_id = ${campaignId} and state = 'queued'`;
  await sql`vacuum (analyze) messaging.clicks, messaging.deliveries`;
  const [{ id: contactId = "" } = {}] = await sql<{ id: string }[]>`
    select contact_id as id from messaging.deliveries where campaign_id = ${campaignId} and state = 'sent' limit 1`;
  const reads: Record<string, (own: Sql) => Promise<unknown>> = {
    "all people": (own) => listRecipients({ ...stage, sql: own }, workspaceId, { campaignId: others }),
    "people of the small one": (own) => listRecipients({ ...stage, sql: own }, workspaceId, { campaignId }),
    "what a contact received": (own) => listReceivedCampaigns({ sql: own }, { workspaceId, contactId }),
    "results of the small one": (own) => countResults(own, { campaignId, goal: undefined, contacts: 30 }),
  };

  const read: Record<string, number> = {};
  for (const [name, work] of Object.entries(reads)) read[name] = await clicksRead(work);

  expect(Object.entries(read).filter(([, count]) => count > 100)).toEqual([]);
});

test("listReceivedCampaigns() lists skipped campaigns apart from the others, page by page", async () => {
  const { sql, workspaceId } = stage;
  const [{ id: contactId = "" } = {}] = await sql<{ id: string }[]>`
    select id from messaging.contacts order by id limit 1`;
  for (const name of ["First", "Second", "Third", "Fourth"])
    await planNews(stage, { name, audience: { contactIds: [contactId] } });
  const end = (name: string, state: string) => sql`
    update messaging.deliveries d set state = ${state}, settled_at = now(),
      reason = case when ${state}::text = 'sent' then null else 'window-closed' end from messaging.campaigns c
    where c.id = d.campaign_id and c.name = ${name}`;
  await end("First", "sent");
  await end("Second", "skipped");
  await end("Fourth", "cancelled");
  const list = async (skipped?: boolean) => {
    const names: string[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const wanted = { workspaceId, contactId, skipped, limit: 1, cursor };
      const page = await listReceivedCampaigns(stage, wanted);
      names.push(...page.items.map(({ campaign }) => campaign.name));
      cursor = page.nextCursor;
    }
    return names;
  };

  expect(await list(false)).toEqual(["Third", "First"]);
  expect(await list(true)).toEqual(["Fourth", "Second"]);
  expect(await list()).toHaveLength(4);
});

test("listRecipients() of a number finds contacts and commenters without a contact, each row once over pages", async () => {
  const { sql, workspaceId, pageIds } = stage;
  const [pageId = ""] = pageIds;
  const campaignId = await planNews(stage);
  // As private replies are planned: one commenter wrote to the page before, and the other did not.
  await sql`
    with comment as (
      insert into messaging.comments (workspace_id, page_id, comment_id, from_id, text, created_at, changed_at)
      select ${workspaceId}, ${pageId}, '1_' || n, (5000000 + n)::text, 'How much?', now(), now() from generate_series(1, 3) n
      returning id, from_id)
    insert into messaging.deliveries (workspace_id, page_id, psid, comment_id, class, content_id, campaign_id, state)
    select ${workspaceId}, ${pageId}, from_id, comment.id, 'private_reply', uuidv7(), ${campaignId}, 'queued' from comment`;
  const [known] = await sql<{ id: string }[]>`
    with c as (insert into messaging.contacts (workspace_id, page_id, psid) values (${workspaceId}, ${pageId}, '7770001')
      returning id)
    update messaging.deliveries d set contact_id = c.id, psid = '7770001' from c where d.psid = '5000001' returning c.id`;

  const found = async (search: string) =>
    (await listRecipients(stage, workspaceId, { campaignId, search })).items.map(
      ({ contactId }) => contactId,
    );
  expect(await found("7770001")).toEqual([known?.id]);
  expect(await found("5000002")).toEqual([null]);
  expect(await found("5000004")).toEqual([]);

  const ids: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await listRecipients(stage, workspaceId, {
      campaignId,
      limit: 100,
      cursor: cursor ?? undefined,
    });
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(new Set(ids).size).toBe(2_003);
  expect(ids).toHaveLength(2_003);
});

test("listRecipients() of those who read or replied finds them among all recipients", async () => {
  const { sql, workspaceId, pageIds } = stage;
  const campaignId = await planNews(stage);
  // Meta's clock is a little behind ours.
  await sql`
    with got as (
      update messaging.deliveries set state = 'sent', attempt_id = gen_random_uuid(), mid = 'm_' || id,
        attempt_at = now() - interval '20 ms', settled_at = now()
      where id = any(array(select id from messaging.deliveries order by id limit 4)) returning contact_id),
    numbered as (select contact_id, row_number() over (order by contact_id) as n from got),
    answered as (update messaging.contacts c set last_inbound_at = now() + interval '1 min'
      from numbered where n = 1 and c.id = contact_id),
    heard as (insert into messaging.receipts (delivery_id, delivered_at)
      select id, now() - interval '10 ms' from messaging.deliveries
      where id = any(array(select id from messaging.deliveries order by id limit 4)))
    insert into messaging.conversations (id, workspace_id, page_id, last_message_at, preview_direction, delivered_until, read_until)
    select contact_id, ${workspaceId}, ${pageIds[0] ?? ""}, now(), 'out', now() - interval '10 ms',
      case when n <= 2 then now() - interval '10 ms' end from numbered where n <= 3`;

  const list = async (state: "sent" | "delivered" | "read" | "replied" | "clicked") =>
    (await listRecipients(stage, workspaceId, { campaignId, state })).items;
  const counts = await Promise.all(
    (["sent", "delivered", "read", "replied", "clicked"] as const).map(
      async (state) => (await list(state)).length,
    ),
  );

  expect(counts).toEqual([4, 3, 2, 1, 0]);
  for (const { sentAt, deliveredAt } of await list("delivered")) expect(deliveredAt).toBe(sentAt);
});

/** How many rows and index entries of clicks are read. */
async function clicksRead(work: (own: Sql) => Promise<unknown>): Promise<number> {
  const { sql, close } = openDatabase(stage.database.url, { max: 1 });
  const count = async () => {
    await sql`select pg_stat_force_next_flush()`;
    const [row] = await sql<{ count: number }[]>`
      select (seq_tup_read + (select idx_tup_read from pg_stat_user_indexes where relname = 'clicks'))::int4 as count
      from pg_stat_user_tables where relname = 'clicks'`;
    return row?.count ?? 0;
  };
  const before = await count();
  await work(sql);
  const read = (await count()) - before;
  await close();
  return read;
}
