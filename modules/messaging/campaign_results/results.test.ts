import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase } from "#db";
import { type CampaignStage, openCampaignStage } from "../testing/campaign_stage.ts";
import { type CountedCampaign, countResults } from "./count_results.ts";
import { planSome } from "../campaign_plan/plan.ts";
import { refreshReceipts } from "./receipts.ts";
import { readResults } from "./results.ts";
import { launchNews, planAll, planNews } from "../campaign_plan/testing.ts";

let stage: CampaignStage;
beforeEach(async () => {
  stage = await openCampaignStage({ contacts: 6 });
});
afterEach(() => stage.close());

/** The result of countResults(), and the number of rows that it reads from these tables. */
async function countReading(tables: readonly string[], campaign: CountedCampaign) {
  const { sql, close } = openDatabase(stage.database.url, { max: 1 });
  // Each connection writes its own statistics, and this one when it is asked to.
  const rowsRead = async () => {
    await sql`select pg_stat_force_next_flush()`;
    const [row] = await sql<{ count: number }[]>`
      select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int4 as count from pg_stat_user_tables
      where relname = any(${tables}::text[])`;
    return row?.count ?? 0;
  };
  const before = await rowsRead();
  const { groups } = await countResults(sql, campaign);
  const read = (await rowsRead()) - before;
  await close();
  return { groups, read };
}

test("readResults() shows stored counts with their time for a large campaign, and counts a small one", async () => {
  const { sql, workspaceId } = stage;
  const campaignId = await planNews(stage);
  const fail = (
    count: number,
  ) => sql`update messaging.deliveries set state = 'failed', reason = 'unreachable',
      settled_at = now() where id = any(array(
        select id from messaging.deliveries where campaign_id = ${campaignId} and state = 'queued' limit ${count}))`;
  const failed = async () => (await readResults(stage, workspaceId, campaignId)).byPage[0]?.failed;
  await fail(2);

  await refreshReceipts(stage, 5);
  await sql`update messaging.campaigns set results_at = '2026-11-01T00:00:00Z' where id = ${campaignId}`;
  await fail(1);
  const large = await readResults(stage, workspaceId, campaignId, 5);
  await sql`update messaging.campaigns set receipts_due_at = now() where id = ${campaignId}`;
  await refreshReceipts(stage, 6);

  expect(large).toMatchObject({ countedAt: "2026-11-01T00:00:00.000Z", byPage: [{ planned: 6, failed: 2 }] });
  expect(await failed()).toBe(3);
  await fail(1);
  expect(await failed()).toBe(4);
});

test("refreshReceipts() counts a campaign rarely during planning, and again at the plan's end", async () => {
  const { workspaceId } = stage;
  const campaignId = await launchNews(stage);
  const planned = async () => (await readResults(stage, workspaceId, campaignId)).byPage[0]?.planned;

  await planSome(stage, { chunk: 2 });
  await refreshReceipts(stage);
  await planSome(stage, { chunk: 2 });
  const [again, shown] = [await refreshReceipts(stage), await planned()];
  await planAll(stage, 2);
  await refreshReceipts(stage);

  expect([again, shown, await planned()]).toEqual([false, 2, 6]);
});

test("readResults() does not show counts of a small campaign from before its plan was complete", async () => {
  const { sql, workspaceId } = stage;
  const campaignId = await launchNews(stage);
  await planSome(stage, { chunk: 2 });
  await refreshReceipts(stage);

  await planAll(stage, 2);
  await sql`update messaging.deliveries set state = 'sent', settled_at = now() where campaign_id = ${campaignId}`;

  const { byPage, perMinute } = await readResults(stage, workspaceId, campaignId);
  expect(byPage).toMatchObject([{ planned: 6, sent: 6 }]);
  expect(perMinute).toMatchObject([{ sent: 6 }]);
});

test("readResults() counts outcomes for each page", async () => {
  const { sql, workspaceId } = stage;
  const campaignId = await planNews(stage);
  await sql`update messaging.deliveries d set settled_at = now(), reason = 'x',
      state = (array['sent', 'failed', 'failed', 'skipped', 'cancelled', 'cancelled'])[one.n]
    from (select id, row_number() over (order by id) as n from messaging.deliveries) one where one.id = d.id`;

  const { byPage } = await readResults(stage, workspaceId, campaignId);

  expect(byPage).toMatchObject([{ planned: 6, sent: 1, failed: 2, skipped: 1, cancelled: 2 }]);
});

test("refreshReceipts() running at the plan's end leaves the campaign due", async () => {
  const { sql } = stage;
  const campaignId = await launchNews(stage);
  await planSome(stage, { chunk: 2 });
  let counting: Promise<boolean> | undefined;

  await sql.begin(async (tx) => {
    // The counting process waits here, before it writes its result.
    await tx`lock table messaging.deliveries in access exclusive mode`;
    counting = refreshReceipts(stage);
    await expect
      .poll(async () => {
        const waits =
          await sql`select 1 from pg_stat_activity where wait_event_type = 'Lock' and query ilike '%count(*)%'
          and datname = current_database()`;
        return waits.length;
      })
      .toBeGreaterThan(0);
    await tx`delete from messaging.campaign_ranges where campaign_id = ${campaignId}`;
    await tx`update messaging.campaigns set planned_at = now(), receipts_due_at = now() where id = ${campaignId}`;
  });
  await counting;

  expect(await refreshReceipts(stage)).toBe(true);
});

test("countResults() reads no conversation and contact before something was sent", async () => {
  const campaignId = await planNews(stage);

  const { groups, read } = await countReading(["contacts", "conversations"], {
    campaignId,
    goal: undefined,
    contacts: null,
  });

  expect(groups).toMatchObject([{ state: "queued", count: 6, sent: 0 }]);
  expect(read).toBe(0);
});

test("readResults() counts a small campaign without reading a ledger that grew since its statistics", async () => {
  const { sql } = stage;
  const campaignId = await planNews(stage);
  await sql`analyze messaging.deliveries`;
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`insert into messaging.deliveries (workspace_id, page_id, contact_id, psid, class, content_id, campaign_id, state)
      select d.workspace_id, d.page_id, d.contact_id, 'other ' || n, d.class, d.content_id, gen_random_uuid(), 'queued'
      from generate_series(1, 5000) n, (select * from messaging.deliveries limit 1) d`;
  });

  const { groups, read } = await countReading(["deliveries"], { campaignId, goal: undefined, contacts: 6 });

  expect(groups).toMatchObject([{ state: "queued", count: 6 }]);
  expect(read).toBeLessThan(100);
});
