import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  appId,
  createWebhookHarness,
  envelope,
  pageFacebookId,
  psid,
  type WebhookHarness,
} from "../../webhooks/testing.ts";
import { readConversation } from "../inbox/conversations.ts";
import { emptyTables } from "../../../db/testing.ts";

let on: WebhookHarness;
beforeAll(async () => {
  on = await createWebhookHarness();
});
afterAll(() => on.close());
beforeEach(async () => {
  await emptyTables(on.database.sql, "messaging.contacts", "messaging.events", "webhooks.raw_events");
  await on.database.sql`update messaging.pages set has_routing = null`;
});

const start = Date.now() - 3_600_000;
const item = (body: object, after: number) => ({
  sender: { id: psid },
  recipient: { id: pageFacebookId },
  timestamp: start + after,
  ...body,
});
const text = (mid: string, said: string, after: number) => item({ message: { mid, text: said } }, after);

/** The controlling app of the only conversation, as the API shows it. */
async function shownControl(now = Date.now()) {
  const [row] = await on.database.sql`select workspace_id, id from messaging.conversations`;
  return (await readConversation({ ...on.database, clock: () => now }, row?.workspace_id, row?.id)).control;
}

test("standby keeps the app's name of a handover, also of an earlier one that comes later or in the same POST", async () => {
  const taken = item({ take_thread_control: { new_owner_app_id: "263902037430900" } }, 10);
  const standby = (after: number) => on.post(envelope([text(`m_sb${after}`, "hello?", after)], "standby"));
  await standby(20);
  await on.send(taken);
  await standby(30);
  expect(await shownControl()).toMatchObject({ state: "other", app: "Facebook inbox" });

  await emptyTables(on.database.sql, "messaging.contacts");
  await on.post({
    object: "page",
    entry: [{ id: pageFacebookId, time: start, standby: [text("m_sb40", "hello?", 40)], messaging: [taken] }],
  });
  expect(await shownControl()).toMatchObject({ state: "other", app: "Facebook inbox" });
});

test("messages of Meta's AI are its own, and name it as the controlling app", async () => {
  await on.database.sql`update messaging.pages set has_routing = false`;
  const echo = {
    sender: { id: pageFacebookId },
    recipient: { id: psid },
    timestamp: start + 20,
    message: {
      mid: "m_ai",
      is_echo: true,
      app_id: 263902037430900,
      ai_generated: true,
      text: "We open at 9.",
    },
  };
  await on.send(text("m_1", "When do you open?", 10), echo);
  const [message] = await on.database
    .sql`select author_kind, app_id from messaging.messages where mid = 'm_ai'`;

  expect(message).toEqual({ author_kind: "external", app_id: "meta_ai" });
  expect(await shownControl()).toEqual({ state: "other", app: "Meta's AI", actions: ["request"] });
});

test("thread control ends a day after the last message, and a message to us proves nothing without routing", async () => {
  const taken = (owner: string, after: number) =>
    item({ take_thread_control: { new_owner_app_id: owner } }, after);
  await on.database.sql`update messaging.pages set has_routing = false`;
  await on.send(taken("999", 10), text("m_1", "Hello", 20));
  const held = await shownControl();
  const later = await shownControl(start + 20 + 24 * 3_600_000);
  await on.database.sql`update messaging.pages set has_routing = true`;
  await on.send(taken("999", 30), text("m_2", "Hello", 40));
  const freed = await shownControl();
  await on.send(taken(appId, 50), text("m_3", "Hello", 60));

  expect(held).toEqual({ state: "other", app: "App 999", actions: ["request"] });
  expect(later).toEqual({ state: "idle", app: null, actions: [] });
  expect(freed).toEqual({ state: "unknown", app: null, actions: [] });
  expect(await shownControl()).toEqual({ state: "ours", app: null, actions: ["release"] });
});

test("a control request ends with another owner, not with actions of the controlling app", async () => {
  const handover = (owner: string, after: number) =>
    item({ pass_thread_control: { new_owner_app_id: owner } }, after);
  await on.send(handover("999", 10));
  await on.database.sql`update messaging.conversations set control = 'requested'`;
  await on.send(handover("999", 10));
  await on.post(envelope([text("m_sb", "hello?", 20)], "standby"));
  const asked = await shownControl();
  await on.send(handover(appId, 30));

  expect(asked).toMatchObject({ state: "requested", app: "App 999" });
  expect(await shownControl()).toMatchObject({ state: "ours", app: null });
});
