import { afterEach, expect, test } from "vitest";
import { createIngest, receiveWebhook } from "#webhooks";
import {
  appId,
  appSecret,
  createWebhookHarness,
  envelope,
  keyring,
  pageFacebookId,
  psid,
  sign,
  type WebhookHarness,
} from "./testing.ts";

let on: WebhookHarness;
afterEach(() => on.close());

const text = (mid: string, contact: string = psid) => ({
  sender: { id: contact },
  recipient: { id: pageFacebookId },
  timestamp: Date.now() - 60_000,
  message: { mid, text: mid },
});
const count = async () => {
  const [row] = await on.database.sql`select (select count(*)::int from messaging.messages) as messages,
    (select count(*)::int from webhooks.raw_events) as raw`;
  return row;
};

test("receiveWebhook() returns 503 while the database is away, writes nothing partially, and recovers by itself", async () => {
  on = await createWebhookHarness();
  await on.send(text("m_before"));
  const { sql } = on.database;
  // A lock stops both batches in the middle of their statement; their connections are cut there.
  const locker = await sql.reserve();
  await locker`begin`;
  await locker`lock table messaging.conversations in access exclusive mode`;
  const answers = [on.post(envelope([text("m_cut")])), on.post(envelope([text("m_cut2")]))];
  // Read outside the transaction, in which Postgres keeps showing the same activity.
  const cut = async () =>
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
  const progress = { isDone: false };
  const all = Promise.all(answers).finally(() => {
    progress.isDone = true;
  });
  while (!progress.isDone) {
    await cut();
    await Bun.sleep(10);
  }
  const statuses = (await all).map((answer) => answer.status);
  await locker`rollback`;
  locker.release();

  expect(statuses).toEqual([503, 503]);
  expect(await count()).toEqual({ messages: 1, raw: 1 });

  const again = await on.post(envelope([text("m_cut"), text("m_cut2")]));
  expect(again.status).toBe(200);
  expect((await count())?.messages).toBe(3);
});

test("receiveWebhook() returns 503 with Retry-After when too much waits, and stores everything that got 200", async () => {
  on = await createWebhookHarness({ queueEvents: 10, batchEvents: 2, lanes: 1 });
  const posts = Array.from({ length: 60 }, (_, i) => on.post(envelope([text(`m_${i}`, `9${i % 7}`)])));
  const answers = await Promise.all(posts);

  const accepted = answers.filter((answer) => answer.status === 200).length;
  const refused = answers.filter((answer) => answer.status === 503);
  expect(accepted + refused.length).toBe(60);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]?.headers.get("retry-after")).toBe("5");
  expect(await count()).toEqual({ messages: accepted, raw: accepted });
});

test("receiveWebhook() returns 503 when too many bytes wait, and after the shutdown began", async () => {
  on = await createWebhookHarness({ queueBytes: 200 });
  expect((await on.post(envelope([{ ...text("m_1"), padding: "x".repeat(300) }]))).status).toBe(503);
  await on.ingest.stop();
  expect((await on.post(envelope([text("m_2")]))).status).toBe(503);
  expect(await count()).toEqual({ messages: 0, raw: 0 });
});

test("two processes with the same pages, people and repeated messages finish without a deadlock and count once", async () => {
  on = await createWebhookHarness({ lanes: 3, batchEvents: 20 });
  const other = createIngest(
    { ...on.database, live: on.live, clock: Date.now, config: { appId } },
    { lanes: 3, batchEvents: 20 },
  );
  const second = { ingest: other, clock: Date.now, keyring, config: { appSecrets: [appSecret] } };
  const kinds = (i: number): object[] => {
    const contact = `8${i % 9}`;
    const base = {
      sender: { id: contact },
      recipient: { id: pageFacebookId },
      timestamp: Date.now() - 60_000 + i,
    };
    return [
      { ...base, message: { mid: `m_${i}`, text: `${i}` } },
      { ...base, reaction: { mid: `m_${i % 20}`, action: "react", emoji: "👍" } },
      { ...base, message_edit: { mid: `m_${(i * 7) % 200}`, text: `edited ${i}`, num_edit: 1 } },
      { ...base, delivery: { watermark: Date.now() - 60_000 + i } },
      { ...base, order: { note: `${i}` } },
    ];
  };
  const bodies = Array.from({ length: 200 }, (_, i) =>
    JSON.stringify(envelope([...kinds(i), ...kinds((i * 31) % 200)].toReversed())),
  );
  const request = (body: string) =>
    new Request("http://localhost/", {
      method: "POST",
      body,
      headers: { "x-hub-signature-256": sign(body) },
    });

  const answers = await Promise.all([
    ...bodies.map((body) => on.post(body)),
    ...bodies.toReversed().map((body) => receiveWebhook(second, request(body))),
  ]);
  await other.stop();

  expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
  const [row] = await on.database.sql`select (select count(*)::int from messaging.messages) as messages,
    (select sum(unread_count)::int from messaging.conversations) as unread,
    (select count(*)::int from messaging.messages where is_partial) as partial,
    (select count(*)::int from webhooks.raw_events where state <> 'stored') as failed`;
  expect(row).toEqual({ messages: 200, unread: 200, partial: 0, failed: 0 });
});
