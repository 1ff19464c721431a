import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  createWebhookHarness,
  envelope,
  pageFacebookId,
  psid,
  sign,
  type WebhookHarness,
} from "./testing.ts";
import { emptyTables } from "../../db/testing.ts";

let on: WebhookHarness;
beforeAll(async () => {
  on = await createWebhookHarness();
});
afterAll(() => on.close());
beforeEach(async () => {
  await emptyTables(
    on.database.sql,
    "messaging.contacts",
    "messaging.events",
    "webhooks.raw_events",
    "jobs.jobs",
  );
});

const sides = { sender: { id: psid }, recipient: { id: pageFacebookId } };
const at = Date.now() - 60_000;
const text = (mid: string, text: string) => ({ ...sides, timestamp: at, message: { mid, text } });
const messages = async () =>
  await on.database.sql`select mid, text, content from messaging.messages order by mid`;
const raw = async () =>
  await on.database.sql`select kind, state, body, error from webhooks.raw_events order by received_at, id`;

test("receiveWebhook() writes nothing without a valid signature", async () => {
  const body = JSON.stringify(envelope([text("m_1", "Hi")]));
  const statuses: number[] = [];
  for (const signature of [
    "",
    sign(body, "other"),
    sign(`${body} `),
    sign(body).toUpperCase(),
    sign(body).slice(0, -2),
  ])
    statuses.push((await on.post(body, { "x-hub-signature-256": signature })).status);

  expect(statuses).toEqual([401, 403, 403, 403, 403]);
  expect(await raw()).toHaveLength(0);
});

test("receiveWebhook() refuses with a Problem in words", async () => {
  const answer = await on.post("{}", { "x-hub-signature-256": "sha256=1" });

  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(await answer.json()).toMatchObject({ code: "signature-wrong", status: 403 });
});

test("receiveWebhook() keeps signed bodies that are not JSON as failed and returns 200", async () => {
  for (const body of ["", "{", "nonsense", "\u0000", "[]", '"text"', "null", '{"object":"page","entry":[{]}'])
    expect((await on.post(body)).status).toBe(200);

  const found = await raw();
  expect(found.map((row) => [row.kind, row.state])).toEqual(
    Array.from({ length: 8 }, () => ["unreadable", "failed"]),
  );
});

test("receiveWebhook() replaces invalid UTF-8 by the replacement character", async () => {
  const body = Buffer.from(JSON.stringify(envelope([text("m_1", "a?b")])));
  body[body.indexOf("a?b") + 1] = 0xff;
  expect((await on.post(body)).status).toBe(200);

  expect((await messages())[0]?.text).toBe("a\uFFFDb");
});

test("receiveWebhook() removes NUL and lone surrogates from texts and keeps them escaped in the raw body", async () => {
  const body = JSON.stringify(
    envelope([
      {
        ...sides,
        timestamp: at,
        message: { mid: "m_1", text: "a\u0000b\ud800c", quick_reply: { payload: "x\u0000y\udc00" } },
      },
      { ...sides, timestamp: at, order: { "no\u0000te": "\ud83d" } },
    ]),
  );
  expect((await on.post(body)).status).toBe(200);

  expect(await messages()).toEqual([
    { mid: "m_1", text: "ab\uFFFDc", content: { quick_reply: { payload: "xy\uFFFD" } } },
  ]);
  const found = await raw();
  expect(found.map((row) => row.state)).toEqual(["stored", "stored"]);
  expect(found[0]?.body).toContain("\\u0000");
});

test("receiveWebhook() keeps every digit of ids above 2^53, as numbers and as texts", async () => {
  const body = JSON.stringify(
    envelope([
      {
        ...sides,
        timestamp: at,
        message: { mid: "m_1", text: 'say: [123456789012345678] "x"', is_echo: true, app_id: 1 },
      },
    ]),
  )
    .replace('"app_id":1', '"app_id" : 98765432109876543210')
    .replace(`"sender":{"id":"${psid}"}`, `"sender":{"id":${pageFacebookId}}`)
    .replace(`"recipient":{"id":"${pageFacebookId}"}`, '"recipient":{"id": 12345678901234567}');
  expect((await on.post(body)).status).toBe(200);

  const found = await on.database.sql`select c.psid, m.app_id, m.text from messaging.messages m
    join messaging.contacts c on c.id = m.conversation_id`;
  expect(found).toEqual([
    { psid: "12345678901234567", app_id: "98765432109876543210", text: 'say: [123456789012345678] "x"' },
  ]);
});

test("receiveWebhook() stores a thousand entries in one POST", async () => {
  const entry = Array.from({ length: 1_000 }, (_, i) => ({
    id: pageFacebookId,
    time: at,
    messaging: [
      {
        ...sides,
        sender: { id: `7${i % 100}` },
        timestamp: at + i,
        message: { mid: `m_${i}`, text: `${i}` },
      },
    ],
  }));
  const answer = await on.post({ object: "page", entry });

  expect(answer.status).toBe(200);
  expect(await messages()).toHaveLength(1_000);
  const [unread] = await on.database
    .sql`select sum(unread_count)::int as n, count(*)::int as threads from messaging.conversations`;
  expect(unread).toEqual({ n: 1_000, threads: 100 });
});

test("receiveWebhook() accepts ten megabytes within five seconds and refuses more than twelve", async () => {
  const startedAt = performance.now();
  const big = envelope([text("m_big", "x".repeat(10 * 1024 * 1024)), text("m_small", "Hi")]);
  expect((await on.post(big)).status).toBe(200);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  const found = await messages();
  expect(found.map((row) => [row.mid, row.text.length])).toEqual([
    ["m_big", 20_000],
    ["m_small", 2],
  ]);

  const tooBig = await on.post(envelope([text("m_bigger", "x".repeat(12 * 1024 * 1024))]));
  expect(tooBig.status).toBe(413);
  expect(await messages()).toHaveLength(2);
});

test("receiveWebhook() survives ten thousand levels of nesting", async () => {
  const deep = `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`;
  const body = JSON.stringify(
    envelope([{ ...sides, timestamp: at, order: { note: "DEEP" } }, text("m_1", "Hi")]),
  ).replace('"DEEP"', deep);
  expect((await on.post(body)).status).toBe(200);

  expect((await messages()).map((row) => row.mid)).toEqual(["m_1"]);
  expect(await raw()).toHaveLength(2);
});

test("receiveWebhook() stores good events and keeps each odd one among them", async () => {
  const odd: unknown[] = [
    null,
    7,
    "text",
    [],
    {},
    { sender: null, message: null },
    { ...sides, message: [] },
    { ...sides, timestamp: {}, message: { mid: {}, text: [] } },
    { ...sides, timestamp: "x", message: { text: "without mid" } },
    { ...sides, timestamp: at, reaction: {} },
    { ...sides, timestamp: at, delivery: { mids: "x", watermark: "y" } },
    { ...sides, timestamp: at, read: null },
    { ...sides, timestamp: at, message: { mid: "x".repeat(5_000), text: "long id" } },
    { ...sides, timestamp: at, message_edit: { mid: "m_q", num_edit: 0 } },
    { sender: { id: "  " }, recipient: { id: "" }, timestamp: at, postback: { payload: "x" } },
    { ...sides, timestamp: -1e300, referral: { source: 5, ref: {} } },
    { ...sides, timestamp: at, __proto__: { polluted: true }, constructor: { prototype: {} } },
  ];
  const answer = await on.post(envelope([text("m_1", "before"), ...odd, text("m_2", "after")]));
  expect(answer.status).toBe(200);

  const found = await messages();
  expect(found.map((row) => row.text)).toEqual(
    expect.arrayContaining(["before", "after", "without mid", "long id"]),
  );
  // An item that is not an object is not an event.
  expect(await raw()).toHaveLength(
    odd.filter((one) => one !== null && typeof one === "object" && !Array.isArray(one)).length + 2,
  );
  expect((await raw()).filter((row) => row.state === "failed")).toEqual([]);
});

test("receiveWebhook() keeps an event that Postgres refuses as failed, stores its neighbours, and can replay it", async () => {
  await on.database.sql`alter table messaging.messages add constraint refuse_odd check (text <> 'refuse me')`;
  try {
    await Promise.all([
      on.send(text("m_1", "one"), text("m_bad", "refuse me"), text("m_2", "two")),
      on.send(text("m_3", "three")),
    ]);
  } finally {
    await on.database.sql`alter table messaging.messages drop constraint refuse_odd`;
  }

  expect((await messages()).map((row) => row.mid)).toEqual(["m_1", "m_2", "m_3"]);
  const failed = (await raw()).filter((row) => row.state === "failed");
  expect(failed).toEqual([expect.objectContaining({ error: expect.stringContaining("refuse_odd") })]);
  expect(JSON.parse(failed[0]?.body ?? "").entry[0].messaging[0].message.mid).toBe("m_bad");
});
