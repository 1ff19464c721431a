import { afterAll, beforeAll, expect, test } from "vitest";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";
import { until } from "../../modules/std/testing.ts";

let on: AppWithMeta;
beforeAll(async () => {
  on = await openAppWithMeta();
});
afterAll(() => on.close());

const actions = async () =>
  (
    await on.database.sql`select action from auth.activity where actor_name = 'here@example.com' order by id`
  ).map(({ action }) => action);

test("what a person does at Meta has rows; what jobs and customers do has none", async () => {
  const { facebookId, pageId } = await on.connectNewPage("Luna");
  const { conversationId } = await on.newWriter(facebookId, { text: "Hello" });
  const [message] = await on.database.sql`
    select id from messaging.messages where conversation_id = ${conversationId} and direction = 'in'`;
  await on.here("POST", `/conversations/${conversationId}/messages/${message?.id}/reaction`, {
    reaction: "love",
  });
  await on.reply(conversationId, { text: "Good morning" });
  await until("the reply", async () => (await on.sent()).length === 1);
  await on.here("POST", `/pages/${pageId}/repair`);
  await on.here("POST", "/pages/app-settings", { replaces: null });
  await on.here("DELETE", `/pages/${pageId}`);

  expect(await actions()).toEqual([
    "session.started",
    "page.connected",
    "conversation.reacted",
    "conversation.replied",
    "page.repaired",
    "page.app-settings-changed",
    "page.disconnected",
  ]);
  const others = await on.database.sql`select from auth.activity where actor_kind <> 'user'`;
  expect(others).toHaveLength(0);
  const rows = await on.database.sql`
    select subject_name as name, address from auth.activity where subject_id = ${pageId} order by id`;
  expect(rows[0]).toEqual({ name: "Luna", address: expect.any(String) });
  const [all] = await on.database.sql`select jsonb_agg(to_jsonb(a))::text as text from auth.activity a`;
  expect(all?.text).not.toMatch(/Hello|Good morning|EAA/);
});
