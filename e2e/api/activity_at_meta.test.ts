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

test("actions of members at Meta have rows; actions of jobs and customers have none", async () => {
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

test("pages connected from Facebook Login and a conversation taken over have rows", async () => {
  const facebookId = on.simulator.state.pages.keys().next().value ?? "";
  const { body: login } = await on.here("POST", "/pages/login");
  const dialog = new URL(String(login.url));
  const form = new FormData();
  form.set("choice", "continue");
  form.set("user", "122096412345678901");
  form.append("page", facebookId);
  for (const scope of dialog.searchParams.get("scope")?.split(",") ?? []) form.append("scope", scope);
  const allowed = await fetch(dialog, { method: "POST", body: form, redirect: "manual" });
  const brought = new URL(allowed.headers.get("location") ?? "http://nowhere").searchParams;
  const { body: finished } = await on.here("POST", "/pages/login/finish", {
    code: brought.get("code"),
    state: brought.get("state"),
  });
  const before = (await actions()).length;
  await on.here("POST", `/pages/login/${finished.loginId}/connect`, { pageIds: [facebookId] });
  const [page] = await on.database
    .sql`select id, name from messaging.pages where facebook_id = ${facebookId}`;
  expect((await actions()).slice(before)).toEqual(["page.connected"]);
  const [row] = await on.database.sql`
    select subject_name as name from auth.activity where subject_id = ${page?.id} and action = 'page.connected'`;
  expect(row).toEqual({ name: page?.name });

  await on.control("PATCH", `/pages/${facebookId}`, { hasRouting: true, canTakeControl: true });
  await on.here("POST", `/pages/${page?.id}/check`);
  const { psid, conversationId } = await on.newWriter(facebookId, { text: "Hello" });
  await on.control("POST", `/persons/${psid}/owner`, { appId: "263902037430900" });
  await until("the handover", async () => {
    const { body } = await on.here("GET", `/conversations/${conversationId}`);
    return Object(Object(body.conversation).control).state === "other";
  });
  const taken = await on.here("POST", `/conversations/${conversationId}/thread-control`, { action: "take" });

  expect(taken.status).toBeLessThan(300);
  expect((await actions()).slice(before)).toEqual(["page.connected", "conversation.control-changed"]);
  const [control] = await on.database.sql`
    select subject_id, after from auth.activity where action = 'conversation.control-changed'`;
  expect(control?.subject_id).toBe(conversationId);
  expect(JSON.stringify(control)).not.toContain(psid);
});
