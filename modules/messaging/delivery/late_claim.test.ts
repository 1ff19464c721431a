import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { insertCampaign } from "../testing/insert_campaign.ts";
import { until } from "../../std/testing.ts";
import { type Ledger, openLedger } from "../testing/ledger.ts";
import { playMeta } from "../testing/played_meta.ts";
import { createClaimSize } from "./late_claim.ts";

// Longer than a claimed message may wait to leave.
const claimSeconds = 2;

let on: Ledger;
beforeAll(async () => {
  on = await openLedger();
  // Each claim of a campaign takes this long; claims of replies do not.
  await on.sql.unsafe(`
    create function slow_claim() returns trigger language plpgsql as
      $$ begin if new.class = 'campaign' then perform pg_sleep(${claimSeconds}); end if; return new; end $$;
    create trigger slow_claim before update on messaging.lanes for each row execute function slow_claim()`);
});
afterAll(() => on.close());
beforeEach(() => on.clear());

const settings = { leaseSeconds: 10, graceSeconds: 60 };

/** Until a claim of a campaign sleeps in its last statement. */
const claiming = () =>
  until(
    "the claim",
    async () =>
      (
        await on.sql`select from pg_stat_activity where wait_event = 'PgSleep' and query like '%next_eligible_at%'`
      ).length > 0,
  );

test("messages of a slow claim leave once each, and a reply leaves before them", async () => {
  const { page, contacts } = await on.makePage(60);
  const [ann] = contacts;
  if (!ann) throw new Error("no contacts");
  const id = await insertCampaign(on, [page]);
  const meta = playMeta();
  const worker = on.startWorker(meta, settings);
  await claiming();
  await on.reply(page, ann, "a reply");
  await on.ended(worker);

  expect(meta.accepted[0]?.text).toBe("a reply");
  expect(await on.ledgerOf(id)).toEqual({ sent: 60 });
  expect(meta.accepted).toHaveLength(61);
  const [row] = await on.sql`select max(attempts)::int4 as attempts from messaging.deliveries`;
  expect(row).toEqual({ attempts: 1 });
});

test("messages of a slow claim are returned if their campaign was paused or their page was lost", async () => {
  const { page } = await on.makePage(10);
  const { page: lost } = await on.makePage(10, page);
  const paused = await insertCampaign(on, [page], { text: "paused" });
  const running = await insertCampaign(on, [lost], { text: "running" });
  const meta = playMeta();
  const worker = on.startWorker(meta, settings);
  await claiming();
  await on.sql`update messaging.campaigns set status = 'paused', paused_from = 'running' where id = ${paused}`;
  await on.sql`update messaging.paces set leased_by = gen_random_uuid(), epoch = epoch + 1 where page_id = ${lost.pageId}`;

  await until(
    "both to be back",
    async () =>
      (await on.sql`select from messaging.deliveries where state = 'queued' and attempt_id is not null`)
        .length === 20,
    25_000,
  ).finally(() => worker.stop());

  expect(meta.accepted).toEqual([]);
  expect([await on.ledgerOf(paused), await on.ledgerOf(running)]).toEqual([{ queued: 10 }, { queued: 10 }]);
});

test("a page is not given back while a claim takes messages from it", async () => {
  const { page } = await on.makePage(10);
  const id = await insertCampaign(on, [page]);
  const meta = playMeta();
  // The leases are checked three times during the claim, while nothing is in flight.
  const worker = on.startWorker(meta, { leaseSeconds: claimSeconds, graceSeconds: 60 });
  await until("all to be sent", async () => (await on.ledgerOf(id)).sent === 10).finally(() => worker.stop());

  const [lease] =
    await on.sql`select epoch::int4 from messaging.paces where page_id = ${page.pageId} and kind = 'text'`;
  expect(lease).toEqual({ epoch: 1 });
  expect(meta.accepted).toHaveLength(10);
});

test("claims become smaller while they are very slow, never tiny, and grow again when they are fast", () => {
  const size = createClaimSize();
  const first = size.now();
  size.took(600);
  const second = size.now();
  for (let n = 0; n < 9; n += 1) size.took(600);
  const smallest = size.now();
  for (let n = 0; n < 9; n += 1) size.took(20);

  expect(second).toBe(first / 2);
  expect(smallest).toBe(100);
  expect(size.now()).toBe(first);
});
