import { afterAll, beforeAll, expect, test } from "vitest";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";
import { until } from "../../modules/std/testing.ts";

let on: AppWithMeta;
let psid: string;
let conversationId: string;
let messageId: string;
beforeAll(async () => {
  on = await openAppWithMeta();
  const { facebookId } = await on.connectNewPage();
  psid = String((await on.control("POST", "/persons", { pageId: facebookId })).psid);
  await on.control("POST", `/persons/${psid}/write`, { text: "Hello" });
  const row = await until("the message", async () => {
    const [found] = await on.database.sql<{ id: string; conversation_id: string }[]>`
      select m.id, m.conversation_id from messaging.messages m
      join messaging.contacts c on c.id = m.conversation_id where c.psid = ${psid} and m.direction = 'in'`;
    return found;
  });
  conversationId = row.conversation_id;
  messageId = row.id;
});
afterAll(() => on.close());

const react = (reaction: string | null, id = messageId, token = on.managerToken) =>
  on.call(
    token,
    "POST",
    `/workspaces/${on.workspaceId}/conversations/${conversationId}/messages/${id}/reaction`,
    { reaction },
  );

/** Whether Messenger shows them a heart of the page. */
async function isLoved(): Promise<boolean> {
  return JSON.stringify(await on.control("GET", `/persons/${psid}/thread`)).includes('"page":"love"');
}

test("reactToMessage shows a reaction to the contact, and refuses members of other workspaces", async () => {
  expect((await react("love", messageId, on.otherToken)).status).toBe(404);
  expect(await isLoved()).toBe(false);

  const { status, body } = await react("love");

  expect(status).toBe(200);
  expect(body.message).toMatchObject({ reactions: [{ actor: "page", emoji: "❤️" }] });
  expect(await isLoved()).toBe(true);
});

test("nothing is shown to contacts of a disabled workspace or a disconnected page", async () => {
  await react(null);
  await on.database.sql`update auth.workspaces set disabled_at = now() where id = ${on.workspaceId}`;
  const off = await react("love");
  await on.database.sql`update auth.workspaces set disabled_at = null where id = ${on.workspaceId}`;
  await on.database
    .sql`update messaging.pages set status = 'disconnected' where workspace_id = ${on.workspaceId}`;
  const away = await react("love");
  await on.database
    .sql`update messaging.pages set status = 'connected' where workspace_id = ${on.workspaceId}`;

  expect([off, away]).toMatchObject([
    { status: 409, body: { detail: expect.stringMatching(/^Cannot react to this message: /) } },
    { status: 409, body: { detail: expect.stringMatching(/^Cannot react to this message: /) } },
  ]);
  expect(await isLoved()).toBe(false);
});

test("reactToMessage reports Meta's refusal and stores nothing", async () => {
  await on.control("POST", "/faults", { path: "/sender_actions", code: 100, count: 1 });

  const { status, body } = await react("love");

  expect(status).toBeGreaterThanOrEqual(400);
  expect(String(body.detail)).toMatch(/react/);
  const rows = await on.database.sql`select emoji from messaging.reactions where emoji is not null`;
  expect(rows).toHaveLength(0);
});
