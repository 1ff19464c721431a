import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";
import { until } from "../../modules/std/testing.ts";

// The row "Other app in control" of "When a page does not connect" in ops/docs/facebook-app.md.

const businessSuite = "263902037430900";

let on: AppWithMeta;
let facebookId: string;
let pageId: string;
let psid: string;
let conversationId: string;

beforeAll(async () => {
  on = await openAppWithMeta();
});
afterAll(async () => {
  await on.close();
});
beforeEach(async () => {
  ({ facebookId, pageId } = await on.connectNewPage());
  ({ psid, conversationId } = await on.newWriter(facebookId, { name: "Ann Lee" }));
});

/** Meta's settings of the page, which a check reads. */
async function setRouting(hasRouting: boolean): Promise<void> {
  await on.control("PATCH", `/pages/${facebookId}`, { hasRouting, canTakeControl: true });
  await on.here("POST", `/pages/${pageId}/check`);
}

const change = (action: string) =>
  on.here("POST", `/conversations/${conversationId}/thread-control`, { action });

async function control(): Promise<Record<string, unknown>> {
  const { body } = await on.here("GET", `/conversations/${conversationId}`);
  return Object(body.conversation).control;
}

/** Another app has control, and we got the event. */
async function heldBy(appId: string): Promise<void> {
  await on.control("POST", `/persons/${psid}/owner`, { appId });
  await until("the handover", async () => (await control()).state === "other");
}

/** Another app has control without an event, as Meta's own AI does. */
function takeSilently(ownerAppId: string | null): void {
  Object.assign(on.simulator.state.persons.get(psid) ?? {}, { ownerAppId });
}

async function lines(): Promise<string[]> {
  const { body } = await on.here("GET", `/conversations/${conversationId}/timeline`);
  const items = Array.isArray(body.items) ? body.items : [];
  return items.flatMap((item) => (item.type === "event" ? [item.event.text] : []));
}

/** The reply's message after its end. */
async function replied(text: string): Promise<Record<string, unknown>> {
  const { body } = await on.reply(conversationId, { text });
  return await until("the reply's end", async () => {
    const answer = await on.here("GET", `/conversations/${conversationId}/messages`);
    const items = Array.isArray(answer.body.items) ? answer.body.items : [];
    return items.find((one) => one.id === body.message?.id && !["queued", "sending"].includes(one.status));
  });
}

test("take, reply and release each call Meta and set the conversation's control and an event in the timeline", async () => {
  await setRouting(true);
  await heldBy(businessSuite);
  const held = await control();

  const taken = await change("take");
  const answered = await replied("It left this morning");
  const released = await change("release");

  expect(held).toEqual({ state: "other", app: "Facebook inbox", actions: ["take"] });
  expect([taken.status, taken.body.conversation]).toMatchObject([
    200,
    { control: { state: "ours", app: null, actions: ["release"] } },
  ]);
  expect(answered.error).toBeNull();
  expect([released.status, released.body.conversation]).toMatchObject([
    200,
    { control: { state: "idle", app: null, actions: ["take"] } },
  ]);
  expect(await lines()).toEqual(
    expect.arrayContaining([
      "here@example.com handed back the conversation",
      "here@example.com took over the conversation from Facebook inbox",
    ]),
  );
});

test("a refused reply shows that another app has control, also without an event", async () => {
  await setRouting(false);
  takeSilently("555000111");

  const refused = await replied("Hello?");

  expect(refused).toMatchObject({
    status: "failed",
    error: { code: "not_thread_owner", title: "Another app controls this conversation" },
  });
  expect(await control()).toEqual({ state: "other", app: null, actions: ["request"] });
});

test("a reply accepted by Meta clears an earlier refusal", async () => {
  await setRouting(false);
  takeSilently("555000111");
  await replied("Hello?");
  const refused = await control();
  takeSilently(null);

  const accepted = await replied("And now?");

  expect([refused.state, accepted.error]).toEqual(["other", null]);
  // The echo may end the reply before Meta's response is written.
  await until("the answer", async () => (await control()).state === "unknown");
});

test("a request without a controlling app is granted at once, by Meta's event", async () => {
  await setRouting(false);

  await change("request");

  await until("the grant", async () => (await control()).state === "ours");
  expect(await lines()).toContain("Conversation passed to MessageSender");
});

test("a request gives no control until the owner hands over", async () => {
  await setRouting(false);
  await heldBy("555000111");

  const requested = await change("request");
  const refused = await replied("May I?");
  const still = await control();
  await on.control("POST", `/persons/${psid}/owner`, { appId: on.simulator.state.app.id });
  await until("the handover", async () => (await control()).state === "ours");

  expect(requested.body.conversation).toMatchObject({
    control: { state: "requested", app: "App 555000111", actions: [] },
  });
  expect(refused.status).toBe("failed");
  expect(still).toMatchObject({ state: "requested", app: "App 555000111" });
  expect((await replied("Thank you")).error).toBeNull();
});

test("take without routing suggests a request, and stores that the page has no routing", async () => {
  await setRouting(true);
  await heldBy(businessSuite);
  await on.control("PATCH", `/pages/${facebookId}`, { hasRouting: false });

  const { status, body } = await change("take");

  expect([status, body.code]).toEqual([409, "routing-off"]);
  expect(body.detail).toMatch(
    /^Cannot take over the conversation: Conversation Routing is off for this page\. Request/,
  );
  expect(await control()).toMatchObject({ state: "other", actions: ["request"] });
});

test("take without the page's permission explains where to grant it", async () => {
  await setRouting(true);
  await on.control("PATCH", `/pages/${facebookId}`, { canTakeControl: false });
  await heldBy(businessSuite);

  const { status, body } = await change("take");

  expect([status, body.code]).toEqual([409, "take-control-off"]);
  expect(body.detail).toContain("open Advanced messaging and allow this app to take control");
  expect(await control()).toMatchObject({ state: "other", app: "Facebook inbox" });
});

test("request with routing suggests take", async () => {
  await setRouting(false);
  await heldBy(businessSuite);
  await on.control("PATCH", `/pages/${facebookId}`, { hasRouting: true });

  const { status, body } = await change("request");

  expect([status, body.code]).toEqual([409, "routing-on"]);
  expect(await control()).toMatchObject({ state: "other", actions: ["take"] });
});

test("release of a conversation that another app took loads its owner", async () => {
  await setRouting(true);
  await heldBy(businessSuite);
  await change("take");
  takeSilently("555000111");

  const { status, body } = await change("release");

  expect([status, body.code]).toEqual([409, "thread-not-ours"]);
  expect(body.detail).toMatch(/controls it\. There is nothing to release$/);
  expect(await control()).toMatchObject({ state: "other" });
});

test("viewers, other workspaces and disconnected pages move nothing", async () => {
  await setRouting(true);
  await heldBy(businessSuite);
  const path = `/workspaces/${on.otherWorkspaceId}/conversations/${conversationId}/thread-control`;
  const elsewhere = await on.call(on.otherToken, "POST", path, { action: "take" });
  await on.here("DELETE", `/pages/${pageId}`);
  const disconnected = await change("take");

  expect(elsewhere.status).toBe(404);
  expect([disconnected.status, disconnected.body.code]).toEqual([409, "page-disconnected"]);
  expect(await control()).toMatchObject({ state: "other", actions: [] });
});
