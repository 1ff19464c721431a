import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createLocalLiveBus, systemClock } from "#std";
import { createTestDatabase, type TestDatabase } from "../../../db/testing.ts";
import {
  insertCampaign,
  insertContacts,
  insertPage,
  type StageContact,
  type StagePage,
  until,
} from "../../../e2e/support/delivery.ts";
import { playMeta } from "../../../e2e/support/played_meta.ts";
import { createGraph } from "../graph.ts";
import { recordInbound } from "../inbox/inbound.ts";
import { sealPageToken } from "../pages/token.ts";
import { finishCampaigns, foldCounts, readCounts } from "./campaign_counts.ts";
import { wakeCampaign } from "./lanes.ts";
import type { DeliveryDeps, DeliverySettings } from "./settings.ts";
import { startDelivery } from "./worker.ts";

let database: TestDatabase;
const keyring = { keys: [{ id: "test", key: randomBytes(32) }] };
const live = createLocalLiveBus();
const quick: Partial<DeliverySettings> = { leaseSeconds: 0.6, graceSeconds: 0.15, recoverMs: 50, pollMs: 50 };

beforeAll(async () => {
  database = await createTestDatabase({ max: 20 });
});
afterAll(async () => {
  await database.close();
});
beforeEach(async () => {
  await database.sql`truncate auth.users, auth.workspaces cascade`;
});

let serial = 0;

async function makePage(people: number): Promise<{ page: StagePage; contacts: StageContact[] }> {
  serial += 1;
  const facebookId = `20${String(serial).padStart(6, "0")}`;
  const page = await insertPage(database, facebookId, sealPageToken(keyring, facebookId, "EAAG"));
  const psids = Array.from({ length: people }, (_, n) => `${facebookId}${String(n).padStart(5, "0")}`);
  return { page, contacts: await insertContacts(database, page, psids) };
}

function depsWith(meta: ReturnType<typeof playMeta>): DeliveryDeps {
  const graph = createGraph({
    baseUrl: "http://meta.test",
    version: "v25.0",
    appId: "1",
    appSecret: "s",
    clock: systemClock,
    fetch: meta.fetch,
  });
  return {
    db: database.db,
    sql: database.sql,
    graph,
    keyring,
    live,
    config: { appUrl: "http://localhost:3000" },
  };
}

async function ledgerOf(campaignId: string): Promise<Record<string, number>> {
  const rows = await database.sql<{ state: string; count: number }[]>`
    select state, count(*)::int4 as count from messaging.deliveries where campaign_id = ${campaignId} group by 1`;
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

/** Counts without the states in which nothing is. */
async function countsOf(campaignId: string): Promise<Record<string, number>> {
  const counts = (await readCounts(database.sql, [campaignId])).get(campaignId) ?? {};
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}

const statusOf = async (id: string) =>
  (await database.sql`select status from messaging.campaigns where id = ${id}`)[0]?.status;

test("a campaign goes out once to each, its counts follow the ledger, and it completes", async () => {
  const { page, contacts } = await makePage(40);
  const id = await insertCampaign(database, [page]);
  const meta = playMeta();
  const before = await countsOf(id);
  const worker = startDelivery(depsWith(meta), quick);

  await until("completed", async () => {
    await foldCounts(database);
    await finishCampaigns(database);
    return (await statusOf(id)) === "completed";
  }).finally(() => worker.stop());

  expect(before).toEqual({ queued: 40 });
  expect(await ledgerOf(id)).toEqual({ sent: 40 });
  expect(await countsOf(id)).toEqual({ sent: 40 });
  expect(await database.sql`select id from messaging.campaign_deltas`).toEqual([]);
  expect(meta.accepted.map(({ psid }) => psid).toSorted()).toEqual(contacts.map(({ psid }) => psid));
  const mids = await database.sql`select mid from messaging.deliveries order by mid`;
  expect(mids.map(({ mid }) => mid)).toEqual(meta.accepted.map(({ mid }) => mid).toSorted());
});

test("a paused campaign waits while another runs; once resumed it goes out, and nothing repeats", async () => {
  const { page } = await makePage(10);
  const paused = await insertCampaign(database, [page], { text: "paused", status: "paused" });
  const running = await insertCampaign(database, [page], { text: "running" });
  const meta = playMeta();
  const worker = startDelivery(depsWith(meta), quick);
  await until("the other", async () => (await ledgerOf(running)).sent === 10);
  await finishCampaigns(database);

  expect(await ledgerOf(paused)).toEqual({ queued: 10 });
  expect([await statusOf(paused), await statusOf(running)]).toEqual(["paused", "completed"]);
  await database.sql.begin(async (tx) => {
    await tx`update messaging.campaigns set status = 'running', paused_from = null where id = ${paused}`;
    await wakeCampaign(tx, { workspaceId: page.workspaceId, campaignId: paused });
  });
  await until("the resumed", async () => (await ledgerOf(paused)).sent === 10).finally(() => worker.stop());

  expect(meta.accepted.filter(({ text }) => text === "paused")).toHaveLength(10);
});

test("echoes of a campaign's messages are nobody else's messages, with metadata or without", async () => {
  const { page } = await makePage(2);
  const id = await insertCampaign(database, [page]);
  const meta = playMeta();
  const worker = startDelivery(depsWith(meta), quick);
  await until("sent", async () => (await ledgerOf(id)).sent === 2).finally(() => worker.stop());

  const echoes = meta.accepted.map(({ mid, psid, metadata, text }, index) => ({
    type: "message" as const,
    direction: "out" as const,
    kind: "message" as const,
    pageFacebookId: page.facebookId,
    psid,
    mid,
    at: Date.now(),
    text,
    attemptId: index === 0 ? metadata : null,
    appId: "1",
    content: null,
    replyToMid: null,
    attachments: [],
    isStandby: false,
    consent: null,
  }));
  await recordInbound(database.sql, echoes);
  await recordInbound(
    database.sql,
    echoes.slice(1).map((echo) => ({ ...echo, mid: "m_somebody_else" })),
  );

  expect(await database.sql`select mid from messaging.messages`).toEqual([{ mid: "m_somebody_else" }]);
  expect(await countsOf(id)).toEqual({ sent: 2 });
});
