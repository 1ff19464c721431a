import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { insertCampaign } from "../testing/insert_campaign.ts";
import { until } from "../../std/testing.ts";
import { type Ledger, openLedger } from "../testing/ledger.ts";
import { playMeta } from "../testing/played_meta.ts";
import { wakeLanes } from "./lanes.ts";

let on: Ledger;
beforeAll(async () => {
  on = await openLedger();
});
afterAll(() => on.close());
beforeEach(() => on.clear());

test("a reply's result is written while a campaign's batch is being written", async () => {
  // A batch is being written for as long as the test holds this lock.
  const batch = 4_711;
  await on.sql.unsafe(`
    create function slow_result() returns trigger language plpgsql as
      $$ begin if new.class = 'campaign' and new.state = 'sent' then
          perform pg_advisory_xact_lock_shared(${batch}); end if; return new; end $$;
    create trigger slow_result before update on messaging.deliveries for each row execute function slow_result()`);
  const { page, contacts } = await on.makePage(21);
  const [ann] = contacts;
  if (!ann) throw new Error("no contacts");
  const id = await insertCampaign(on, [page]);
  const meta = playMeta();
  const holder = await on.sql.reserve();
  await holder`select pg_advisory_lock(${batch}::bigint)`;
  const worker = on.startWorker(meta, { leaseSeconds: 10, graceSeconds: 60 });
  await until("the blast", async () => meta.accepted.length === 21);

  await on.reply(page, ann, "a reply");
  await until(
    "the reply",
    async () =>
      (await on.sql`select from messaging.deliveries where class = 'reply' and state = 'sent'`).length > 0,
  );
  const meanwhile = await on.ledgerOf(id);
  await holder`select pg_advisory_unlock(${batch}::bigint)`;
  holder.release();
  await on.ended(worker);
  await on.sql.unsafe("drop trigger slow_result on messaging.deliveries");

  expect(meanwhile.sending ?? 0).toBeGreaterThan(0);
});

test("wakeLanes() locks only lanes with waiting messages, so new replies do not wait for a result", async () => {
  const { page } = await on.makePage(1);
  await insertCampaign(on, [page]);
  await on.sql`update messaging.lanes set next_eligible_at = null`;

  const { woken, free } = await on.sql.begin(async (tx) => ({
    woken: await wakeLanes(tx, [page.pageId]),
    free: await on.sql<{ class: string }[]>`select class from messaging.lanes for update skip locked`,
  }));

  expect(woken).toEqual(["campaign"]);
  expect(free.map((lane) => lane.class).toSorted()).toEqual(["media", "private_reply", "reply", "utility"]);
});
