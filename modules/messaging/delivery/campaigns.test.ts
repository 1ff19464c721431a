import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { insertCampaign } from "../testing/insert_campaign.ts";
import { until } from "../../std/testing.ts";
import { type Ledger, openLedger } from "../testing/ledger.ts";
import { playMeta } from "../testing/played_meta.ts";
import { recordInbound } from "../inbound/record_inbound.ts";
import { readAttempt } from "./attempt.ts";
import { foldCounts } from "../campaign_state/counts.ts";
import { finishCampaigns } from "../campaign_state/stops.ts";
import { wakeCampaign } from "./lanes.ts";

let on: Ledger;
beforeAll(async () => {
  on = await openLedger();
});
afterAll(() => on.close());
beforeEach(() => on.clear());

const statusOf = async (id: string) =>
  (await on.sql`select status from messaging.campaigns where id = ${id}`)[0]?.status;

test("a campaign goes to each recipient once, its counts equal the ledger, and it completes", async () => {
  const { page, contacts } = await on.makePage(40);
  const id = await insertCampaign(on, [page]);
  const meta = playMeta();
  const before = await on.countsOf(id);
  const worker = on.startWorker(meta);

  await until("completed", async () => {
    await foldCounts(on);
    await finishCampaigns(on);
    return (await statusOf(id)) === "completed";
  }).finally(() => worker.stop());
  // Results between the last fold and the end.
  await foldCounts(on);

  expect(before).toEqual({ queued: 40 });
  expect(await on.ledgerOf(id)).toEqual({ sent: 40 });
  expect(await on.countsOf(id)).toEqual({ sent: 40 });
  expect(await on.sql`select id from messaging.campaign_deltas`).toEqual([]);
  expect(meta.accepted.map(({ psid }) => psid).toSorted()).toEqual(contacts.map(({ psid }) => psid));
  const mids = await on.sql`select mid from messaging.deliveries order by mid`;
  expect(mids.map(({ mid }) => mid)).toEqual(meta.accepted.map(({ mid }) => mid).toSorted());
});

test("a paused campaign waits while another runs, and after a resume nothing repeats", async () => {
  const { page } = await on.makePage(10);
  const paused = await insertCampaign(on, [page], { text: "paused", status: "paused" });
  const running = await insertCampaign(on, [page], { text: "running" });
  const meta = playMeta();
  const worker = on.startWorker(meta);
  await until("the other", async () => (await on.ledgerOf(running)).sent === 10);
  await finishCampaigns(on);

  expect(await on.ledgerOf(paused)).toEqual({ queued: 10 });
  expect([await statusOf(paused), await statusOf(running)]).toEqual(["paused", "completed"]);
  await on.sql.begin(async (tx) => {
    await tx`update messaging.campaigns set status = 'running', paused_from = null where id = ${paused}`;
    await wakeCampaign(tx, { workspaceId: page.workspaceId, campaignId: paused });
  });
  await until("the resumed", async () => (await on.ledgerOf(paused)).sent === 10).finally(() =>
    worker.stop(),
  );

  expect(meta.accepted.filter(({ text }) => text === "paused")).toHaveLength(10);
});

test("echoes of campaign messages create no other messages, with or without metadata", async () => {
  const { page } = await on.makePage(2);
  const id = await insertCampaign(on, [page]);
  const meta = playMeta();
  const worker = on.startWorker(meta);
  await until("sent", async () => (await on.ledgerOf(id)).sent === 2).finally(() => worker.stop());

  const echoes = meta.accepted.map(({ mid, psid, metadata, text }, index) => ({
    type: "message" as const,
    direction: "out" as const,
    kind: "message" as const,
    pageFacebookId: page.facebookId,
    psid,
    mid,
    at: Date.now(),
    text,
    attempt: index === 0 ? readAttempt(metadata) : null,
    appId: "1",
    content: null,
    replyToMid: null,
    attachments: [],
    isStandby: false,
    consent: null,
  }));
  await recordInbound(on.sql, echoes);
  await recordInbound(
    on.sql,
    echoes.slice(1).map((echo) => ({ ...echo, mid: "m_somebody_else" })),
  );

  expect(await on.sql`select mid from messaging.messages`).toEqual([{ mid: "m_somebody_else" }]);
  expect(await on.countsOf(id)).toEqual({ sent: 2 });
});

test("recover() looks up a message that its worker lost, while the page's lease continues", async () => {
  const { page } = await on.makePage(1);
  const id = await insertCampaign(on, [page]);
  await on.sql`update messaging.paces set leased_by = gen_random_uuid(), leased_until = now() + interval '100 s', epoch = 7`;
  await on.sql`update messaging.deliveries set state = 'sending', attempt_id = gen_random_uuid(), lane_epoch = 7,
    attempt_at = now() - interval '10 min'`;
  const worker = on.startWorker(playMeta(), { leaseSeconds: 60 });

  const row = await until("the answer", async () => {
    const [found] =
      await on.sql`select state, unknowns::int4 from messaging.deliveries where campaign_id = ${id}`;
    return found?.state === "queued" ? found : null;
  }).finally(() => worker.stop());

  expect(row).toEqual({ state: "queued", unknowns: 1 });
});
