import { scheduleDaily } from "#messaging";
import { openOptInTokens, resealOptInTokens } from "#messaging/inbound";
import { parseKeyring } from "#std";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defaultApp } from "../../apps/simulator/simulator.ts";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";
import { until } from "../../modules/std/testing.ts";
import { sign } from "../../modules/webhooks/testing.ts";

const token = "6754321098765432101";
let on: AppWithMeta;
let facebookId: string;
let writer: { psid: string; conversationId: string };

beforeAll(async () => {
  on = await openAppWithMeta();
  facebookId = (await on.connectNewPage()).facebookId;
  writer = await on.newWriter(facebookId);
});
afterAll(() => on.close());

const optIn = (fields: object) =>
  JSON.stringify({
    object: "page",
    entry: [
      {
        id: facebookId,
        time: 1_790_000_000_000,
        messaging: [
          {
            sender: { id: writer.psid },
            recipient: { id: facebookId },
            timestamp: 1_790_000_000_000,
            optin: { type: "notification_messages", payload: "weekly", title: "Weekly deals", ...fields },
          },
        ],
      },
    ],
  });

async function post(body: string): Promise<void> {
  const headers = { "x-hub-signature-256": sign(body, defaultApp.appSecret) };
  const answer = await fetch(`${on.url}/api/v1/webhooks/facebook`, { method: "POST", body, headers });
  expect(answer.status).toBe(200);
}

interface Stored {
  id: string;
  data: string;
}
const events = () =>
  on.database.sql<
    Stored[]
  >`select id, data::text as data from messaging.events where kind = 'optin' order by id`;

test("opt-in tokens are never stored or returned in plain form: event, raw log, responses", async () => {
  const body = optIn({ notification_messages_token: token });
  await post(body);
  // Meta repeats events without a response.
  await post(body);
  await until("the replay", async () => (await events()).length > 0);

  const rawEvents = "/system/webhook-events?limit=100";
  const raw = await on.call(on.ownerToken, "GET", rawEvents);
  const [found] = await on.database.sql<{ id: string; body: string }[]>`
    select id, body from webhooks.raw_events where kind = 'optin'`;
  const replay = await on.call(on.ownerToken, "POST", `/system/webhook-events/${found?.id}/replay`);
  const conversation = await on.here("GET", `/conversations/${writer.conversationId}/timeline`);
  const stored = await events();

  // Once, by the key of the original, also after a replay of the sealed one.
  expect(stored).toHaveLength(1);
  expect(replay.body.event).toMatchObject({ state: "stored" });
  const seen = JSON.stringify([stored, found, raw.body, replay.body, conversation.body]);
  expect(seen).not.toContain(token);
  expect(JSON.stringify([raw.body, replay.body, conversation.body])).not.toMatch(/v1\.[0-9a-f]{8}\./);
  expect(JSON.stringify(conversation.body)).toContain("opted in: Weekly deals");
  const { keyring } = on.system;
  expect(openOptInTokens(keyring, facebookId, stored[0]?.data ?? "")).toContain(`"${token}"`);
  expect(openOptInTokens(keyring, facebookId, found?.body ?? "")).toBe(body);
  // Sealed for its page.
  expect(openOptInTokens(keyring, "another page", found?.body ?? "")).not.toContain(token);
});

test("the daily job seals tokens of older versions, and moves them to a new key with the others", async () => {
  const { sql } = on.database;
  await sql`update messaging.events set data = jsonb_set(data, '{notification_messages_token}', '"plain-74"')
    where kind = 'optin'`;
  await sql`insert into messaging.events (workspace_id, page_id, conversation_id, key, kind, data, at)
    select workspace_id, page_id, conversation_id, 'older', kind, '{"one_time_notif_token": "plain-75"}', at
    from messaging.events where kind = 'optin'`;

  await scheduleDaily(on.system);
  await until("the job", async () => (await events()).every(({ data }) => !data.includes("plain-")));
  const sealed = await events();
  expect(sealed.map(({ data }) => openOptInTokens(on.system.keyring, facebookId, data)).join()).toMatch(
    /plain-74[\s\S]*plain-75/,
  );

  const fresh = parseKeyring("fedcba9876543210".repeat(4));
  await expect(resealOptInTokens(on.database, fresh)).rejects.toMatchObject({
    code: "opt-in-token-closed",
    status: 409,
  });
  expect(await events()).toEqual(sealed);
  const both = { keys: [...fresh.keys, ...on.system.keyring.keys] };
  expect(await resealOptInTokens(on.database, both)).toEqual({ resealed: 2 });
  expect(await resealOptInTokens(on.database, both)).toEqual({ resealed: 0 });
  const moved = await events();
  expect(moved.map(({ data }) => openOptInTokens(fresh, facebookId, data)).join()).toMatch(
    /plain-74[\s\S]*plain-75/,
  );
});
