import { afterEach, beforeEach, expect, test } from "vitest";
import { type DeliveryStage, openDeliveryStage } from "../../modules/messaging/testing/delivery_stage.ts";
import { until } from "../../modules/std/testing.ts";

let stage: DeliveryStage;

beforeEach(async () => {
  stage = await openDeliveryStage();
});

afterEach(async () => {
  await stage.close();
});

test("sendReply sends within milliseconds, as RESPONSE with its attempt in the metadata", async () => {
  const page = await stage.connectPage();
  const [ann] = await stage.addPeople(page, 1);
  if (!ann) throw new Error("no contact");
  stage.startWorker({ pollMs: 30_000 });
  await Bun.sleep(200);

  const startedAt = performance.now();
  const messageId = await stage.reply(page, ann, "Yes, it is!");
  await until("sent", async () => (await stage.status(page, messageId))?.state === "sent");
  const tookMs = performance.now() - startedAt;

  const [sent] = await stage.sent();
  const [row] = await stage.database
    .sql`select d.id || '/' || d.attempt_id as attempt, m.mid from messaging.deliveries d
    join messaging.messages m on m.id = d.message_id where d.message_id = ${messageId}`;
  expect(sent).toMatchObject({ psid: ann.psid, text: "Yes, it is!", messagingType: "RESPONSE" });
  expect(sent?.tag).toBeUndefined();
  expect(row).toMatchObject({ attempt: sent?.metadata, mid: sent?.mid });
  expect(tookMs).toBeLessThan(1_000);
});

async function stageWithPeople(count: number) {
  const page = await stage.connectPage();
  return { page, people: await stage.addPeople(page, count) };
}

const fast = {
  graceSeconds: 0.5,
  recoverMs: 100,
  retrySeconds: [0.1, 0.2],
  throttleSeconds: 0.3,
  pollMs: 100,
};

test.each([
  { name: "a reset before Meta took it", fault: { kind: "reset", when: "before" } },
  { name: "a reset after Meta took it", fault: { kind: "reset", when: "after" } },
  { name: "a hang before Meta took it", fault: { kind: "hang", when: "before", ms: 900 } },
  { name: "a hang after Meta took it", fault: { kind: "hang", when: "after", ms: 900 } },
  { name: "200 without message_id", fault: { kind: "no_message_id" } },
  { name: "an HTML page after Meta took it", fault: { kind: "html", when: "after" } },
  {
    name: "1/1357046 after Meta took it",
    fault: { kind: "error", when: "after", code: 1, subcode: 1357046, status: 500 },
  },
  { name: "a temporary failure", fault: { kind: "error", when: "before", code: 2, status: 500 } },
  { name: "613", fault: { kind: "error", when: "before", code: 613 } },
])("sendReply sends exactly once through $name", async ({ fault }) => {
  const { page, people } = await stageWithPeople(1);
  const [ann] = people;
  if (!ann) throw new Error("no contact");
  await stage.fault({ ...fault, count: 1 });
  stage.startWorker({ ...fast, sendTimeoutMs: 700 });

  const messageId = await stage.reply(page, ann, "Once, please");
  await until("sent", async () => (await stage.status(page, messageId))?.state === "sent");
  await Bun.sleep(600);

  const sent = await stage.sent();
  const [row] = await stage.database.sql`select mid from messaging.messages where id = ${messageId}`;
  expect(sent.map(({ text }) => text)).toEqual(["Once, please"]);
  expect(row?.mid).toBe(sent[0]?.mid);
});

test("a message of unknown outcome fails as unconfirmed after five attempts, without a sixth", async () => {
  const { page, people } = await stageWithPeople(1);
  const [ann] = people;
  if (!ann) throw new Error("no contact");
  await stage.fault({ kind: "reset", when: "before" });
  stage.startWorker(fast);

  const messageId = await stage.reply(page, ann, "Lost each time");
  const status = await until("failed", async () => {
    const found = await stage.status(page, messageId);
    return found?.state === "failed" ? found : null;
  });

  const [row] = await stage.database.sql`select attempts::int4, unknowns::int4 from messaging.deliveries`;
  expect(status.error).toMatchObject({ code: "unconfirmed", remedy: expect.stringContaining("Facebook") });
  expect(row).toEqual({ attempts: 5, unknowns: 5 });
  expect(await stage.sent()).toEqual([]);
});

test("error 551 fails in words and marks the contact; their next message lifts it", async () => {
  const { page, people } = await stageWithPeople(1);
  const [ann] = people;
  if (!ann) throw new Error("no contact");
  await stage.control("PATCH", `/persons/${ann.psid}`, { hasBlocked: true });
  stage.startWorker(fast);

  const messageId = await stage.reply(page, ann, "Hello?");
  const status = await until("failed", async () => {
    const found = await stage.status(page, messageId);
    return found?.state === "failed" ? found : null;
  });

  expect(status.error).toMatchObject({ code: "unreachable", title: "This person isn't available" });
  await expect(stage.reply(page, ann, "Still there?")).rejects.toMatchObject({
    code: "unreachable",
    status: 409,
  });
  await stage.database.sql`update messaging.contacts set last_inbound_at = now()`;
  await expect(stage.reply(page, ann, "Welcome back")).resolves.toEqual(expect.any(String));
});

test("error 10/2018278 skips the message and corrects the window's clock", async () => {
  const { page, people } = await stageWithPeople(1);
  const [ann] = people;
  if (!ann) throw new Error("no contact");
  await stage.control("POST", `/persons/${ann.psid}/age`, { hours: 30 });
  stage.startWorker(fast);

  const messageId = await stage.reply(page, ann, "Too late");
  const status = await until("failed", async () => {
    const found = await stage.status(page, messageId);
    return found?.state === "failed" ? found : null;
  });

  expect(status.error).toMatchObject({
    code: "window-closed",
    remedy: expect.stringContaining("writes again"),
  });
  await expect(stage.reply(page, ann, "Again")).rejects.toMatchObject({ code: "window-closed", status: 409 });
});

test("error 190 marks the page and keeps queued messages; a new token sends them once", async () => {
  const { page, people } = await stageWithPeople(3);
  await stage.control("PATCH", `/pages/${page.facebookId}`, { tokenDeath: 460 });
  stage.startWorker(fast);
  const [ann, ben, cid] = people;
  if (!ann || !ben || !cid) throw new Error("no contacts");

  const first = await stage.reply(page, ann, "one");
  await until("page marked", async () => {
    const [row] = await stage.database.sql`select status from messaging.pages where id = ${page.pageId}`;
    return row?.status === "token_dead";
  });

  expect((await stage.status(page, first))?.state).toBe("queued");
  await expect(stage.reply(page, ben, "two")).rejects.toMatchObject({ code: "page-token-dead", status: 409 });

  await stage.control("PATCH", `/pages/${page.facebookId}`, { tokenDeath: null });
  await stage.reconnect(page);
  await until("sent", async () => (await stage.status(page, first))?.state === "sent");
  expect((await stage.sent()).map(({ text }) => text)).toEqual(["one"]);
});

test("HUMAN_AGENT is used only after 24 hours; a refused approval is stored at the page", async () => {
  const { page, people } = await stageWithPeople(2);
  const [ann, ben] = people;
  if (!ann || !ben) throw new Error("no contacts");
  for (const { psid } of people) await stage.control("POST", `/persons/${psid}/age`, { hours: 30 });
  await stage.database.sql`update messaging.contacts set last_inbound_at = now() - interval '30 h'`;
  await stage.control("PATCH", "/switches", { humanAgent: true });
  stage.startWorker(fast);

  const tagged = await stage.reply(page, ann, "A late answer");
  await until("sent", async () => (await stage.status(page, tagged))?.state === "sent");
  await stage.control("PATCH", "/switches", { humanAgent: false });
  const refused = await stage.reply(page, ben, "Another");
  await until("failed", async () => (await stage.status(page, refused))?.state === "failed");

  expect(await stage.sent()).toMatchObject([
    { text: "A late answer", messagingType: "MESSAGE_TAG", tag: "HUMAN_AGENT" },
  ]);
  expect((await stage.status(page, refused))?.error?.code).toBe("human-agent-unavailable");
  await expect(stage.reply(page, ben, "Again")).rejects.toMatchObject({ code: "human-agent-unavailable" });
});

test("replies of one conversation keep their order, also past a failure that is retried", async () => {
  const { page, people } = await stageWithPeople(2);
  const [ann, ben] = people;
  if (!ann || !ben) throw new Error("no contacts");
  await stage.fault({ kind: "error", when: "before", code: 2, status: 500, count: 1, psid: ann.psid });
  stage.startWorker(fast);

  for (let n = 1; n <= 5; n += 1) await stage.reply(page, ann, `a${n}`);
  await stage.reply(page, ben, "b1");
  await until("all sent", async () => (await stage.sent()).length === 6);

  const texts = (await stage.sent()).filter(({ psid }) => psid === ann.psid).toSorted((a, b) => a.at - b.at);
  expect(texts.map(({ text }) => text)).toEqual(["a1", "a2", "a3", "a4", "a5"]);
});

test("sendReply counts characters like Meta: an emoji once", async () => {
  const { page, people } = await stageWithPeople(1);
  const [ann] = people;
  if (!ann) throw new Error("no contact");
  stage.startWorker(fast);

  const messageId = await stage.reply(page, ann, "🎉".repeat(1_999));
  await until("sent", async () => (await stage.status(page, messageId))?.state === "sent");

  await expect(stage.reply(page, ann, "🎉".repeat(2_000))).rejects.toMatchObject({ code: "invalid-text" });
});

test("a reply from outside the dashboard leaves nothing unread", async () => {
  const { page, people } = await stageWithPeople(1);
  const [ann] = people;
  if (!ann) throw new Error("no contact");
  await stage.database.sql`update messaging.conversations set unread_count = 2`;

  await stage.reply(page, ann, "Hi");

  expect(await stage.database.sql`select unread_count from messaging.conversations`).toEqual([
    { unread_count: 0 },
  ]);
});

test("sendReply with one key sends one message, and refuses the same key with another text", async () => {
  const { page, people } = await stageWithPeople(1);
  const [ann] = people;
  if (!ann) throw new Error("no contact");

  const ids = await Promise.all(Array.from({ length: 8 }, () => stage.reply(page, ann, "Hi", "key-12345")));

  expect(new Set(ids).size).toBe(1);
  await expect(stage.reply(page, ann, "Other", "key-12345")).rejects.toMatchObject({
    code: "idempotency-key-reused",
    status: 409,
  });
  const [count] = await stage.database.sql`select count(*)::int4 as count from messaging.deliveries`;
  expect(count?.count).toBe(1);
});
