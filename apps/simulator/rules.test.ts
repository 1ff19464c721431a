import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { newSecret } from "./ids.ts";
import { asRecord } from "./json.ts";
import { callGraph, eventually, pageId, psid, resetTest, startTest, type TestSimulator } from "./testing.ts";

let on: TestSimulator;

beforeAll(async () => {
  on = await startTest();
});

afterAll(() => on.stop());

beforeEach(() => resetTest(on));

test("the window closes 24 h after the last action, a reaction opens it again, and tags last 7 days", async () => {
  const { body } = await on.send({ text: "in time" });
  await on.control("POST", `persons/${psid}/age`, { hours: 25 });
  expect(await on.send({ text: "late" })).toMatchObject({ status: 400, code: 10, subcode: 2018278 });

  await on.control("PATCH", "switches", { humanAgent: true });
  const tagged = { messaging_type: "MESSAGE_TAG", tag: "HUMAN_AGENT" };
  expect((await on.send({ text: "human" }, tagged)).status).toBe(200);
  await on.control("POST", `persons/${psid}/age`, { hours: 24 * 8 });
  expect(await on.send({ text: "too late" }, tagged)).toMatchObject({ code: 10, subcode: 2018278 });

  await on.control("POST", `persons/${psid}/react`, { mid: body.message_id, reaction: "love" });
  expect((await on.send({ text: "open again" })).status).toBe(200);
});

test("a first message from an ad opens the window for 7 days", async () => {
  const person = await on.control("POST", "persons", { pageId, name: "From Ad" });
  const referral = { source: "ADS", type: "OPEN_THREAD", ad_id: "60", ref: "spring" };
  await on.control("POST", `persons/${person.psid}/write`, { text: "How much?", referral });
  const recipient = { recipient: { id: person.psid } };

  await on.control("POST", `persons/${person.psid}/age`, { hours: 100 });
  expect((await on.send({ text: "still open" }, recipient)).status).toBe(200);
  await on.control("POST", `persons/${person.psid}/age`, { hours: 24 * 7 + 1 });

  expect(await on.send({ text: "closed" }, recipient)).toMatchObject({ code: 10, subcode: 2018278 });
});

test("blocked, restricted, dead token and foreign thread have their own error codes", async () => {
  await on.control("POST", `persons/${psid}/block`);
  expect(await on.send({ text: "a" })).toMatchObject({ code: 551, subcode: 1545041 });
  await on.control("POST", `persons/${psid}/write`, { text: "back again" });
  expect((await on.send({ text: "a" })).status).toBe(200);

  await on.control("POST", `persons/${psid}/owner`, { appId: "263902037430900" });
  expect(await on.send({ text: "a" })).toMatchObject({ code: 10, subcode: 2018300 });
  await on.control("PATCH", `pages/${pageId}`, { hasRouting: true, canTakeControl: true });
  const taken = await on.graph("POST", `${pageId}/take_thread_control`, { recipient: { id: psid } });
  expect(taken.body).toEqual({ success: true });
  expect((await on.send({ text: "a" })).status).toBe(200);

  await on.control("PATCH", `pages/${pageId}`, { isRestricted: true });
  expect(await on.send({ text: "a" })).toMatchObject({ code: 10, subcode: 1893063 });
  await on.control("PATCH", `pages/${pageId}`, { isRestricted: false, tokenDeath: 460 });
  expect(await on.send({ text: "a" })).toMatchObject({ code: 190, subcode: 460 });
});

test("a comment allows one private reply within seven days, and opens no window", async () => {
  const person = await on.control("POST", "persons", { pageId, name: "Commenter" });
  const { commentId } = await on.control("POST", `persons/${person.psid}/comment`, { text: "Price?" });
  const old = await on.control("POST", `persons/${person.psid}/comment`, {
    text: "Old",
    at: Date.now() - 8 * 86_400_000,
  });
  const answer = (id: unknown) =>
    on.send({ text: "Here you are" }, { recipient: { comment_id: id }, messaging_type: undefined });

  expect((await answer(commentId)).body).toMatchObject({ recipient_id: person.psid });
  expect(await answer(commentId)).toMatchObject({ code: 10900 });
  expect(await answer(old.commentId)).toMatchObject({ code: 100, subcode: 2534025 });
  expect(await on.send({ text: "more" }, { recipient: { id: person.psid } })).toMatchObject({
    code: 10,
    subcode: 2018278,
  });
});

test("a person blocked by the page gets no messages, and a refused moderation returns the text false", async () => {
  const person = await on.control("POST", "persons", { pageId, name: "Blocked" });
  const moderate = (action: string) =>
    on.graph("POST", `${pageId}/moderate_conversations`, {
      user_ids: [{ id: person.psid }],
      actions: [action],
    });

  await on.control("PATCH", "switches", { refuseModeration: true });
  const refused = await moderate("block_user");
  await on.control("PATCH", "switches", { refuseModeration: false });
  const { isBlockedByPage } = await on.control("GET", `persons/${person.psid}`);
  const blocked = await moderate("block_user");
  const sent = await on.send({ text: "Hello" }, { recipient: { id: person.psid } });
  const moved = await moderate("move_to_spam");

  expect(refused).toMatchObject({ status: 200, body: { success: "false" } });
  expect(isBlockedByPage).toBe(false);
  expect(blocked.body).toEqual({ success: "true" });
  expect(sent).toMatchObject({ status: 400, code: 551 });
  expect(moved.body).toEqual({ success: "true" });
  expect(await on.control("GET", `persons/${person.psid}`)).toMatchObject({ isInSpam: true });
});

test("a private reply to an unreachable commenter ends with 10903", async () => {
  const person = await on.control("POST", "persons", { pageId, name: "Blocker" });
  const { commentId } = await on.control("POST", `persons/${person.psid}/comment`, { text: "Price?" });
  await on.control("POST", `persons/${person.psid}/block`);

  const refused = await on.send({ text: "Here" }, { recipient: { comment_id: commentId } });

  expect(refused).toMatchObject({ status: 400, code: 10903, subcode: undefined });
});

test("a comment under a photo post names the album as its parent, and may come without an author", async () => {
  const { commentId, postId } = await on.control("POST", `persons/${psid}/comment`, {
    text: "How much?",
    albumId: "777",
    isAnonymous: true,
  });

  await eventually(() => expect(on.events("value")).toHaveLength(1));
  const value = asRecord(on.events("value")[0]?.value);
  expect(value).toMatchObject({ comment_id: commentId, post_id: postId, message: "How much?" });
  expect(value?.parent_id).toBe(`777_${String(postId).split("_")[1]}`);
  expect(value).not.toHaveProperty("from");
});

test("utility templates are created, filled and sent outside the window, and refused with wrong values", async () => {
  const body = {
    type: "BODY",
    text: "Your order {{1}} is on its way, dear {{2}}.",
    example: { body_text: [["566701", "John"]] },
  };
  const buttons = { type: "BUTTONS", buttons: [{ type: "POSTBACK", text: "Track", payload: "order_{{1}}" }] };
  const made = await on.graph("POST", `${pageId}/message_templates`, {
    name: "order_update",
    language: "en",
    category: "UTILITY",
    components: [body, buttons],
  });
  expect(made.body).toMatchObject({ status: "APPROVED", category: "UTILITY" });
  await on.control("POST", `persons/${psid}/age`, { hours: 500 });
  const fill = (parameters: object[], taps: object[]) =>
    on.send(
      {
        template: {
          name: "order_update",
          language: { code: "en" },
          components: [
            { type: "body", parameters },
            { type: "buttons", parameters: taps },
          ],
        },
      },
      { messaging_type: "UTILITY" },
    );
  const values = (...texts: string[]) => texts.map((text) => ({ type: "text", text }));
  const tap = [{ type: "POSTBACK", payload: "77" }];

  expect((await fill(values("77", "Ann"), tap)).status).toBe(200);
  expect(await fill(values("77"), tap)).toMatchObject({ code: 100, subcode: 1893029 });
  expect(await fill(values("77", "Ann"), [])).toMatchObject({ code: 100, subcode: 1893029 });
  expect(await fill(values("77", "100%"), tap)).toMatchObject({ code: 100, subcode: 1893043 });
  expect(await on.control("GET", "sent")).toMatchObject({
    total: 1,
    messages: [{ text: "Your order 77 is on its way, dear Ann." }],
  });
});

test("the page's limit counts in a rolling second and is lifted by null", async () => {
  await on.control("PATCH", "switches", { limits: { textPerSecond: 5 } });
  const replies = await Promise.all(Array.from({ length: 12 }, () => on.send({ text: "a" })));
  const refused = replies.filter((one) => one.status !== 200);
  expect(refused).toHaveLength(7);
  expect(refused[0]).toMatchObject({ code: 613 });
  expect(refused[0]?.headers.get("x-business-use-case-usage")).toContain('"type":"messenger"');

  await on.control("PATCH", "switches", { limits: { textPerSecond: null } });
  const free = await Promise.all(Array.from({ length: 30 }, () => on.send({ text: "a" })));

  expect(free.every((one) => one.status === 200)).toBe(true);
  expect(await on.control("GET", "sent/stats")).toMatchObject({
    total: 35,
    byPage: { [pageId]: 35 },
    persons: 1,
  });
});

test("the calls of 24 h are 200 per person when switched on, and the headers show the use", async () => {
  const person = await on.control("POST", "pages", { name: "Small" });
  const only = await on.control("POST", "persons", { pageId: person.id, text: "hi" });
  const { token } = await on.control("GET", `pages/${person.id}/token`);
  await on.control("PATCH", "switches", { limits: { callsPerEngagedPerson: 3 } });
  const body = { recipient: { id: only.psid }, messaging_type: "RESPONSE", message: { text: "a" } };
  const send = () =>
    callGraph(on.simulator.url, String(token), { method: "POST", path: "me/messages", body });

  const replies = [await send(), await send(), await send(), await send()];

  expect(replies.map(({ code, status }) => code ?? status)).toEqual([200, 200, 200, 80006]);
  const use = replies.map(({ headers }) => headers.get("x-business-use-case-usage") ?? "");
  expect(use.map((header) => /"call_count":(\d+)/.exec(header)?.[1])).toEqual(["33", "66", "100", "100"]);
  expect(use[3]).toContain('"estimated_time_to_regain_access":60');
});

test("faults break calls before or after Meta accepts the message", async () => {
  const outcome = async (fault: object) => {
    await on.control("POST", "faults", { ...fault, count: 1 });
    try {
      const { status, code, body } = await on.send({ text: "x", metadata: newSecret(6) });
      return code ?? (body.message_id === undefined ? "no id" : status);
    } catch {
      return "broken";
    }
  };

  const outcomes = [
    await outcome({ kind: "error", code: 2 }),
    await outcome({ kind: "reset", when: "before" }),
    await outcome({ kind: "html" }),
    await outcome({ kind: "error", code: 4, psid: "other" }),
    await outcome({ kind: "reset", when: "after" }),
    await outcome({ kind: "no_message_id" }),
    await outcome({ kind: "hang", ms: 5 }),
  ];

  expect(outcomes).toEqual([2, "broken", "broken", 200, "broken", "no id", 200]);
  expect(await on.control("GET", "sent")).toMatchObject({ total: 4 });
});
