import { randomBytes } from "node:crypto";
import * as fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { insertCampaign } from "../testing/insert_campaign.ts";
import { until } from "../../std/testing.ts";
import { type Ledger, openLedger } from "../testing/ledger.ts";
import { type Fate, playMeta } from "../testing/played_meta.ts";
import { writeAttempt } from "./attempt.ts";
import { claimSlice } from "./claim.ts";
import { createContentCache } from "./content_cache.ts";
import { createPageGates } from "./page_gates.ts";
import { laneClasses } from "./settings.ts";

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger();
});
afterAll(() => ledger.close());
beforeEach(() => ledger.clear());

async function makePage(people: number) {
  const made = await ledger.makePage(people);
  // Meta's two lookups a second would only make the tests long.
  await ledger.sql`update messaging.paces set limit_per_second = 1000 where kind = 'lookup'`;
  return made;
}

interface EndRow {
  state: string;
  reason: string | null;
  text: string;
  mid: string | null;
  attempt_id: string;
}

const readEnds = () => ledger.sql<EndRow[]>`
  select d.state, d.reason, m.text, m.mid, d.attempt_id from messaging.deliveries d
  join messaging.messages m on m.id = d.message_id`;

const fates = fc.array(
  fc.constantFrom<Fate>("accept", "accept", "accept", "refuse", "lose_before", "lose_after"),
  { minLength: 1, maxLength: 12 },
);

test("every reply ends, none is sent twice, and conversations keep their order, with any behavior of Meta and dying workers", async () => {
  await fc.assert(
    fc.asyncProperty(
      fates,
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.constantFrom("before", "after"), { maxLength: 3 }),
      async (fateList, workerCount, deaths) => {
        await ledger.clear();
        const { page, contacts } = await makePage(6);
        const meta = playMeta((call) => fateList[call % fateList.length] ?? "accept");
        const on = ledger.depsWith(meta);
        for (let n = 0; n < 18; n += 1) {
          const contact = contacts[n % contacts.length];
          if (contact) await ledger.reply(page, contact, `message ${String(n).padStart(2, "0")}`);
        }

        // Workers that died after their claim: some before Meta got the message, some after.
        for (const death of deaths) {
          const settings = { leaseSeconds: 0.2, graceSeconds: 60 };
          const workerId = crypto.randomUUID();
          const claimed = await claimSlice(on.sql, {
            workerId,
            classes: laneClasses,
            limit: 2,
            settings,
            gates: createPageGates(),
            contents: createContentCache(),
            appUrl: on.config.appUrl,
          });
          for (const flight of claimed?.flights ?? []) {
            if (death === "before") continue;
            const message = {
              ...flight.message,
              metadata: writeAttempt({ ...flight, id: flight.attemptId }),
            };
            await on.graph
              .call({
                method: "POST",
                path: `/${flight.pageFacebookId}/messages`,
                token: "t",
                body: { recipient: { id: flight.psid }, message },
              })
              .catch(() => undefined);
          }
        }
        const workers = Array.from({ length: workerCount }, () => ledger.startWorker(meta, {}, on));
        await ledger.ended(...workers);

        const rows = await readEnds();
        const timesAccepted = (text: string) =>
          meta.accepted.filter((message) => message.text === text).length;
        for (const row of rows) {
          expect([row.text, row.state, timesAccepted(row.text)]).toEqual([
            row.text,
            row.state,
            row.state === "sent" ? 1 : 0,
          ]);
          expect(row.state === "sent").toBe(row.mid !== null);
          if (row.state !== "sent") expect(["transient", "unconfirmed"]).toContain(row.reason);
        }
        for (const { psid } of contacts) {
          const texts = meta.accepted.filter((message) => message.psid === psid).map(({ text }) => text);
          expect(texts).toEqual(texts.toSorted());
        }
      },
    ),
    { numRuns: 8 },
  );
}, 180_000);

test("three workers stay below the page's limit in every second, and a reply passes", async () => {
  const limit = 60;
  const { page, contacts } = await makePage(150);
  await ledger.sql`update messaging.paces set limit_per_second = ${limit} where kind = 'text'`;
  const meta = playMeta();
  const workers = Array.from({ length: 3 }, () => ledger.startWorker(meta));
  const [ann] = contacts;
  if (!ann) throw new Error("no contacts");
  await insertCampaign(ledger, [page]);
  await until("the blast to run", async () => meta.accepted.length > 40);

  const askedAt = performance.now();
  await ledger.reply(page, ann, "A reply meanwhile");
  const arrived = await until("the reply", async () => meta.accepted.find(({ text }) => text !== "blast"));
  await ledger.ended(...workers);

  expect(meta.accepted).toHaveLength(151);
  expect(new Set(meta.accepted.map(({ metadata }) => metadata)).size).toBe(151);
  expect(meta.peakPerSecond()).toBeLessThanOrEqual(limit);
  // The blast takes seconds; the reply does not wait for it.
  expect(arrived.at - askedAt).toBeLessThan(1_000);
}, 60_000);

test("a worker that lost its lease still settles its messages, and the next owner does not resend them", async () => {
  const { page, contacts } = await makePage(1);
  const [ann] = contacts;
  if (!ann) throw new Error("no contacts");
  const meta = playMeta();
  const slow = ledger.depsWith(meta);
  const graph = slow.graph;
  let hold = Promise.withResolvers<void>();
  slow.graph = {
    ...graph,
    async call(call) {
      const answer = await graph.call(call);
      await hold.promise;
      return answer;
    },
  };
  const first = ledger.startWorker(meta, { leaseSeconds: 30, recoverMs: 60_000 }, slow);
  await ledger.reply(page, ann, "Slow answer");
  await until("Meta to have it", async () => meta.accepted.length === 1);
  await ledger.sql`update messaging.paces set leased_until = now() - interval '1 s'`;
  const second = ledger.startWorker(meta, { graceSeconds: 30 });
  await until("the row to be unknown", async () => {
    const [row] = await ledger.sql`select state from messaging.deliveries`;
    return row?.state === "unknown";
  });

  hold.resolve();
  hold = Promise.withResolvers();
  await ledger.ended(first, second);

  expect((await readEnds())[0]).toMatchObject({ state: "sent", mid: meta.accepted[0]?.mid });
  expect(meta.accepted).toHaveLength(1);
});

test("a pause and a cancellation take effect: a cancelled row is never sent", async () => {
  const { page } = await makePage(40);
  await ledger.sql`update messaging.paces set limit_per_second = 20 where kind = 'text'`;
  const meta = playMeta();
  const worker = ledger.startWorker(meta);
  await insertCampaign(ledger, [page], { text: "stop me" });
  await until("some sent", async () => meta.accepted.length >= 5);

  await ledger.sql`update messaging.deliveries set state = 'cancelled' where state = 'queued'`;
  const atCancel = meta.accepted.length;
  await ledger.ended(worker);

  const [row] =
    await ledger.sql`select count(*) filter (where state = 'cancelled')::int4 as cancelled from messaging.deliveries`;
  expect(meta.accepted.length - atCancel).toBeLessThanOrEqual(8);
  expect(meta.accepted.length + Number(row?.cancelled)).toBe(40);
});

test("claim() checks policy again: skips with the reason after an opt-out, a closed window or a block", async () => {
  const { page, contacts } = await makePage(4);
  await insertCampaign(ledger, [page], { text: "promo" });
  const [out, closed, blocked] = contacts;
  if (!out || !closed || !blocked) throw new Error("no contacts");
  await ledger.sql`update messaging.contacts set subscribed = false where id = ${out.id}`;
  await ledger.sql`update messaging.contacts set last_inbound_at = now() - interval '23 h 59 min 30 s' where id = ${closed.id}`;
  await ledger.sql`update messaging.contacts set blocked_at = now() where id = ${blocked.id}`;
  const meta = playMeta();
  const worker = ledger.startWorker(meta);

  await ledger.ended(worker);

  const rows =
    await ledger.sql`select reason from messaging.deliveries where state = 'skipped' order by reason`;
  expect(rows.map((row) => row.reason)).toEqual(["blocked", "unsubscribed", "window-closed"]);
  expect(meta.accepted).toHaveLength(1);
});

test("claim() needs a readable token: a page with a lost key waits, and nothing is lost", async () => {
  const { page, contacts } = await makePage(1);
  const [ann] = contacts;
  if (!ann) throw new Error("no contacts");
  const meta = playMeta();
  const lost = { ...ledger.depsWith(meta), keyring: { keys: [{ id: "other", key: randomBytes(32) }] } };
  const worker = ledger.startWorker(meta, {}, lost);
  await ledger.reply(page, ann, "Waiting");

  await until("the page to be marked", async () => {
    const [row] = await ledger.sql`select status from messaging.pages`;
    return row?.status === "token_dead";
  }).finally(() => worker.stop());

  const [row] = await ledger.sql`
    select d.state, d.attempts::int4, p.status_reason as why from messaging.deliveries d, messaging.pages p`;
  expect(row).toEqual({
    state: "queued",
    attempts: 0,
    why: expect.stringContaining("Add it to ENCRYPTION_KEY, or reconnect the page"),
  });
  expect(meta.arrivals).toHaveLength(0);
});

test("a lane without waiting messages rests: it has no due time and no lease", async () => {
  const { page, contacts } = await makePage(1);
  const [ann] = contacts;
  if (!ann) throw new Error("no contacts");
  const worker = ledger.startWorker(playMeta());
  await ledger.reply(page, ann, "One");
  await ledger.ended();

  const rests = await until("rest", async () => {
    const busy = await ledger.sql`select page_id from messaging.lanes where next_eligible_at is not null
      union all select page_id from messaging.paces where leased_by is not null`;
    return busy.length === 0;
  }).finally(() => worker.stop());

  expect(rests).toBe(true);
});
