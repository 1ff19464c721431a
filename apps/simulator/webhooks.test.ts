import { afterEach, expect, test } from "vitest";
import { asRecord, asRecords } from "./json.ts";
import { eventually, pageId, psid, startTest, type TestSimulator } from "./testing.ts";

let running: TestSimulator | undefined;

afterEach(async () => {
  await running?.stop();
  running = undefined;
});

async function start(options: Parameters<typeof startTest>[0] = {}): Promise<TestSimulator> {
  running = await startTest(options);
  return running;
}

test("a person's message arrives signed, with escaped unicode", async () => {
  const on = await start();

  const { mid } = await on.control("POST", `persons/${psid}/write`, { text: "Grüße 👋" });

  await eventually(() => expect(on.events("message")).toHaveLength(1));
  expect(on.received[0]?.isSigned).toBe(true);
  expect(on.received[0]?.raw).toContain(String.raw`Gr\u00fc\u00dfe \ud83d\udc4b`);
  expect(on.events("message")[0]).toMatchObject({
    sender: { id: psid },
    recipient: { id: pageId },
    message: { mid, text: "Grüße 👋" },
  });
});

test("a failing callback gets the same bytes again until it answers 200", async () => {
  const on = await start({ webhookTimes: { retryDelaysMs: [0, 10, 20, 40] } });
  on.answer.status = 503;

  await on.control("POST", `persons/${psid}/write`, { text: "again" });
  await eventually(() => expect(on.received.length).toBeGreaterThanOrEqual(3));
  on.answer.status = 200;

  await eventually(async () =>
    expect(await on.control("GET", "webhooks")).toMatchObject({ delivered: 1, waiting: 0 }),
  );
  expect(new Set(on.received.map(({ raw }) => raw)).size).toBe(1);
});

test("a callback that is too slow counts as failed, and a delivery is given up in the end", async () => {
  const on = await start({ webhookTimes: { timeoutMs: 30, retryDelaysMs: [0, 5] } });
  on.answer.hangMs = 300;

  await on.control("POST", `persons/${psid}/write`, { text: "slow" });

  await eventually(async () =>
    expect(await on.control("GET", "webhooks")).toMatchObject({ failed: 3, dropped: 1 }),
  );
});

test("a page whose webhooks fail for too long loses its subscription", async () => {
  const on = await start({ webhookTimes: { retryDelaysMs: [0, 20, 20, 20], unsubscribeAfterMs: 30 } });
  on.answer.status = 500;

  await on.control("POST", `persons/${psid}/write`, { text: "lost" });

  await eventually(() => expect(on.simulator.state.pages.get(pageId)?.subscribedFields).toBeNull());
});

test("duplicates carry the same mid and another entry time", async () => {
  const on = await start();
  await on.control("PATCH", "switches", { webhooks: { duplicates: 1 } });

  await on.control("POST", `persons/${psid}/write`, { text: "twice" });

  await eventually(() => expect(on.received).toHaveLength(2));
  const [first, second] = on.received.map(({ payload }) => asRecords(payload.entry)[0]);
  expect(first?.messaging).toEqual(second?.messaging);
  expect(first?.time).not.toBe(second?.time);
});

test("disorder shuffles, batches share one POST, and nothing is lost", async () => {
  const on = await start();
  await on.control("PATCH", "switches", { webhooks: { disorderMs: 80, batchSize: 50 } });
  const sent: string[] = [];

  for (let index = 0; index < 40; index += 1) {
    sent.push(`message ${index}`);
    await on.control("POST", `persons/${psid}/write`, { text: `message ${index}` });
  }

  await eventually(() => expect(on.events("message")).toHaveLength(40));
  const texts = on.events("message").map((event) => asRecord(event.message)?.text);
  expect(texts).not.toEqual(sent);
  expect(texts.toSorted()).toEqual(sent.toSorted());
  expect(on.received.length).toBeLessThan(40);
});

test("a pause holds webhooks back and its end releases them", async () => {
  const on = await start();
  await on.control("PATCH", "switches", { webhooks: { isPaused: true } });
  await on.control("POST", `persons/${psid}/write`, { text: "held" });
  expect(await on.control("GET", "webhooks")).toMatchObject({ queued: 1, inFlight: 0 });

  await on.control("PATCH", "switches", { webhooks: { isPaused: false } });

  await eventually(() => expect(on.events("message")).toHaveLength(1));
});

test("fields that the page did not subscribe to stay silent", async () => {
  const on = await start();
  await on.graph("POST", `${pageId}/subscribed_apps`, { subscribed_fields: "messaging_postbacks" });

  await on.control("POST", `persons/${psid}/write`, { text: "unheard" });
  await on.control("POST", `persons/${psid}/tap`, { title: "Buy", payload: "BUY" });

  await eventually(() => expect(on.events("postback")).toHaveLength(1));
  expect(on.events("message")).toHaveLength(0);
});

test("a send brings the echo, then the delivery of an online phone, then the read of an open one", async () => {
  const on = await start({ switches: { deliveryMs: 10, readMs: 10 } });
  await on.control("POST", `persons/${psid}/write`, { text: "hi" });
  await on.control("PATCH", `persons/${psid}`, { isLooking: true });

  const { body } = await on.send({ text: "hello", metadata: "attempt-1" });

  await eventually(() => expect(on.events("read")).toHaveLength(1));
  const echo = asRecord(on.events("message").at(-1)?.message);
  expect(echo).toMatchObject({
    is_echo: true,
    app_id: 1517776481860111,
    metadata: "attempt-1",
    mid: body.message_id,
  });
  expect(on.events("message").at(-1)).toMatchObject({ sender: { id: pageId }, recipient: { id: psid } });
  const watermark = on.events("message").at(-1)?.timestamp;
  expect(on.events("delivery")[0]).toMatchObject({ delivery: { mids: [body.message_id], watermark } });
  expect(on.events("read")[0]).toMatchObject({ read: { watermark } });
});

test("every other event comes in its documented shape", async () => {
  const on = await start();
  const { mid } = await on.control("POST", `persons/${psid}/write`, { text: "first" });
  const { body } = await on.send({ text: "reply" });
  const act = (action: string, given: object = {}) => on.control("POST", `persons/${psid}/${action}`, given);

  await act("react", { mid: body.message_id, reaction: "love" });
  await act("edit", { mid, text: "first, edited" });
  await act("unsend", { mid });
  await act("write", { stickerId: "369239263222822" });
  await act("write", { text: "Red", quickReplyPayload: "RED", replyTo: body.message_id });
  await act("start", { ref: "flyer-7" });
  await act("referral", { ref: "qr", adId: "6045246247433" });
  await act("optin", { type: "notification_messages", payload: "weekly", notification_messages_token: "74" });
  await act("account_link", { code: "c-1" });
  await act("feedback");
  await act("business_suite", { text: "a human" });
  const { commentId } = await act("comment", { text: "How much?" });
  await on.control("POST", `pages/${pageId}/policy`, { action: "warning" });
  await on.control("POST", `pages/${pageId}/integrity`, { status: "restricted" });
  await act("owner", { appId: "263902037430900" });
  await act("write", { text: "to the other app" });

  await eventually(() => expect(on.events("status")).toHaveLength(1));
  await eventually(() =>
    expect(
      on.received
        .flatMap(({ payload }) => asRecords(payload.entry))
        .some((entry) => entry.standby !== undefined),
    ).toBe(true),
  );
  const of = (kind: string) => on.events(kind).map((event) => event[kind]);
  expect(of("reaction")).toEqual([{ mid: body.message_id, action: "react", reaction: "love", emoji: "❤️" }]);
  expect(of("message_edit")).toEqual([{ mid, text: "first, edited", num_edit: 1 }]);
  expect(of("message")).toContainEqual({ mid, is_deleted: true });
  expect(of("message")).toContainEqual(
    expect.objectContaining({
      attachments: [{ type: "sticker", payload: expect.objectContaining({ sticker_id: 369239263222822 }) }],
    }),
  );
  expect(of("message")).toContainEqual(
    expect.objectContaining({
      quick_reply: { payload: "RED" },
      reply_to: { mid: body.message_id, is_self_reply: false },
    }),
  );
  expect(of("message")).toContainEqual(
    expect.objectContaining({ is_echo: true, app_id: 263902037430900, text: "a human" }),
  );
  expect(of("postback")[0]).toMatchObject({
    payload: "GET_STARTED",
    referral: { ref: "flyer-7", source: "SHORTLINK" },
  });
  expect(of("referral")[0]).toMatchObject({ source: "ADS", ad_id: "6045246247433" });
  expect(of("optin")[0]).toMatchObject({ notification_messages_token: "74" });
  expect(of("account_linking")).toEqual([{ status: "linked", authorization_code: "c-1" }]);
  expect(of("messaging_feedback")).toHaveLength(1);
  expect(of("value")[0]).toMatchObject({
    item: "comment",
    verb: "add",
    comment_id: commentId,
    message: "How much?",
  });
  expect(of("policy_enforcement")[0]).toMatchObject({ action: "warning" });
  expect(of("take_thread_control")[0]).toMatchObject({ new_owner_app_id: "263902037430900" });
});
