import { Elysia } from "elysia";
import { afterAll, beforeAll, expect, test } from "vitest";
import { authRoutes, ensureOwner } from "#auth";
import { createLocalRateLimiter, problemPlugin, systemClock } from "#std";
import {
  appId,
  appSecret,
  connectPage,
  createWebhookHarness,
  envelope,
  keyring,
  psid,
  sign,
  type WebhookHarness,
} from "./testing.ts";
import { keepRawEvents } from "./raw_retention.ts";
import { rawEventRoutes, webhookRoutes } from "./routes.ts";

let harness: WebhookHarness;
let ask: (method: string, path: string, init?: RequestInit) => Promise<Response>;
let asOwner: (method: string, path: string) => Promise<Response>;

beforeAll(async () => {
  harness = await createWebhookHarness();
  const on = {
    ...harness.database,
    live: harness.live,
    ingest: harness.ingest,
    clock: systemClock,
    keyring,
    rateLimiter: createLocalRateLimiter(systemClock),
    config: {
      appId,
      appSecrets: [appSecret],
      verifyToken: "verify-me",
      jwtSecret: "a".repeat(40),
      jwtRefreshSecret: "b".repeat(40),
      appUrl: "http://localhost",
      trustedProxies: [],
    },
  };
  const app = new Elysia()
    .use(problemPlugin())
    .use(webhookRoutes(on))
    .use(rawEventRoutes(on))
    .use(authRoutes(on));
  ask = async (method, path, init = {}) =>
    await app.handle(new Request(`http://localhost${path}`, { method, ...init }));
  await ensureOwner(on, { email: "owner@example.com", password: "Correct-Horse-9", name: "Owner" });
  const login = await ask("POST", "/auth/login", {
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "owner@example.com", password: "Correct-Horse-9" }),
  });
  const { accessToken } = await login.json();
  asOwner = (method, path) => ask(method, path, { headers: { authorization: `Bearer ${accessToken}` } });
});
afterAll(() => harness.close());

const text = (mid: string) => ({
  sender: { id: psid },
  recipient: { id: "555" },
  timestamp: Date.now() - 1_000,
  message: { mid, text: `text of ${mid}` },
});

test("GET returns the bare challenge of Meta's handshake", async () => {
  const path = "/webhooks/facebook?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=";
  const right = await ask("GET", `${path}verify-me`);
  expect([right.status, await right.text()]).toEqual([200, "1158201444"]);
  expect(right.headers.get("content-type")).toMatch(/^text\/plain/);

  const wrong = await ask("GET", `${path}guess`);
  expect([wrong.status, (await wrong.json()).code]).toEqual([403, "verify-token-wrong"]);
});

test("POST accepts signed bodies of any content type and refuses others", async () => {
  const body = JSON.stringify(envelope([text("m_typed")], "messaging", "555"));
  const post = (headers: Record<string, string>) => ask("POST", "/webhooks/facebook", { body, headers });
  for (const type of ["application/json", "application/x-www-form-urlencoded", "text/plain", "nonsense"]) {
    const answer = await post({ "content-type": type, "x-hub-signature-256": sign(body) });
    expect([answer.status, await answer.text()]).toEqual([200, "EVENT_RECEIVED"]);
  }
  expect((await post({ "content-type": "application/json" })).status).toBe(401);
  expect((await post({ "x-hub-signature-256": sign(`${body} `) })).status).toBe(403);
});

test("listRawEvents() is for the owner: newest first, by state and words, in pages", async () => {
  for (const mid of ["m_1", "m_2", "m_3"]) await harness.post(envelope([text(mid)], "messaging", "555"));

  expect((await ask("GET", "/system/webhook-events")).status).toBe(401);
  const first = await (await asOwner("GET", "/system/webhook-events?state=unrouted&limit=2")).json();
  expect(first.items.map((item: { body: string }) => /m_\d/.exec(item.body)?.[0])).toEqual(["m_3", "m_2"]);
  expect(first.items[0]).toMatchObject({ pageId: "555", kind: "message", state: "unrouted", error: null });
  const second = await (
    await asOwner("GET", `/system/webhook-events?state=unrouted&limit=1&cursor=${first.nextCursor}`)
  ).json();
  expect(second.items[0].body).toContain("m_1");
  const found = await (await asOwner("GET", "/system/webhook-events?search=text%20of%20m_2")).json();
  expect(found.items).toHaveLength(1);
  const none = await (await asOwner("GET", "/system/webhook-events?search=100%25_")).json();
  expect(none.items).toHaveLength(0);
});

test("replayRawEvent() stores an event after its page was connected, and changes nothing the second time", async () => {
  const { items } = await (await asOwner("GET", "/system/webhook-events?search=m_2")).json();
  const path = `/system/webhook-events/${items[0].id}/replay`;
  const early = await (await asOwner("POST", path)).json();
  expect(early.event).toMatchObject({ id: items[0].id, state: "unrouted" });

  await connectPage(harness.database, "555");
  for (let time = 0; time < 2; time += 1) {
    const { event } = await (await asOwner("POST", path)).json();
    expect(event).toMatchObject({ id: items[0].id, state: "stored" });
    expect(event.replayedAt).not.toBeNull();
  }
  const messages = await harness.database.sql`select text from messaging.messages`;
  expect(messages).toEqual([{ text: "text of m_2" }]);
  const unread = await harness.database.sql`select unread_count from messaging.conversations`;
  expect(unread).toEqual([{ unread_count: 1 }]);

  expect(
    (await asOwner("POST", "/system/webhook-events/019abf6e-4d2f-7c11-9d0e-5b6f4f1f2a10/replay")).status,
  ).toBe(404);
});

test("live events of a new message come after the commit, once per conversation", async () => {
  const heard: unknown[] = [];
  const [page] = await harness.database
    .sql`select workspace_id from messaging.pages where facebook_id = '555'`;
  const stop = harness.live.subscribe(`workspace:${page?.workspace_id}`, (event) => heard.push(event));
  await harness.post(envelope([text("m_live1"), text("m_live2")], "messaging", "555"));
  stop();

  const [contact] = await harness.database.sql`select id from messaging.contacts`;
  expect(heard).toEqual([
    expect.objectContaining({
      name: "message",
      data: expect.objectContaining({ conversationId: contact?.id, change: "created", direction: "in" }),
    }),
  ]);
});

test("keepRawEvents() creates the next days' partitions, drops expired ones, and loses nothing else", async () => {
  const { sql } = harness.database;
  const day = 86_400_000;
  const now = Date.now();
  const before = await sql`select count(*)::int as n from webhooks.raw_events`;
  const old = now + 40 * day;

  expect(await keepRawEvents({ sql }, { now })).toEqual({ made: 3, dropped: 0 });
  expect(await keepRawEvents({ sql }, { now })).toEqual({ made: 0, dropped: 0 });
  expect(await sql`select count(*)::int as n from webhooks.raw_events`).toEqual(before);

  // Forty days later: those partitions have expired, and so have rows in the default one.
  expect(await keepRawEvents({ sql }, { now: old })).toEqual({ made: 4, dropped: 3 });
  expect(await sql`select count(*)::int as n from webhooks.raw_events`).toEqual([{ n: 0 }]);
  await harness.post(envelope([text("m_later")], "messaging", "555"));
  expect(await sql`select count(*)::int as n from webhooks.raw_events`).toEqual([{ n: 1 }]);
});
