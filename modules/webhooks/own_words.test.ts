import { afterAll, beforeAll, expect, test } from "vitest";
import {
  appSecret,
  createWebhookHarness,
  envelope,
  keyring,
  psid,
  sign,
  type WebhookHarness,
} from "./testing.ts";
import { cacheOwnWords } from "./own_words.ts";
import { receiveWebhook } from "./receive.ts";

let harness: WebhookHarness;
beforeAll(async () => {
  harness = await createWebhookHarness();
});
afterAll(() => harness.close());

test("custom keywords end and renew consent soon after they are set; START also lifts an earlier opt-out", async () => {
  const { sql } = harness.database;
  const time = { now: Date.now() };
  const ownWords = cacheOwnWords({ sql, clock: () => time.now });
  let count = 0;
  const say = async (text: string) => {
    count += 1;
    const item = {
      sender: { id: psid },
      recipient: { id: "555" },
      timestamp: Date.now() - 10_000 + count,
      message: { mid: `m_${count}`, text },
    };
    const body = new TextEncoder().encode(JSON.stringify(envelope([item])));
    const response = await receiveWebhook(
      {
        ingest: harness.ingest,
        clock: () => time.now,
        keyring,
        config: { appSecrets: [appSecret] },
        ownWords,
      },
      new Request("http://localhost/", {
        method: "POST",
        body,
        headers: { "x-hub-signature-256": sign(body) },
      }),
    );
    expect(response.status).toBe(200);
    const [contact] = await sql<{ subscribed: boolean }[]>`select subscribed from messaging.contacts`;
    return contact?.subscribed;
  };

  const before = await say("Schluss jetzt!");
  await sql`insert into messaging.sending_rules (workspace_id, stop_words, start_words)
    values (${harness.workspaceId}, '{schluss jetzt,👎}', '{weiter}')`;
  time.now += 6_000;
  const stopped = await say("Schluss jetzt!");
  await sql`insert into messaging.suppressions (workspace_id, page_id, psid, reason, created_at)
    select workspace_id, page_id, psid, reason, now() - interval '1 hour'
    from messaging.contacts, unnest('{deleted}'::text[]) as reason`;
  const unsigned = await say("👍");
  const renewed = await say("weiter");

  expect([before, stopped, unsigned, renewed]).toEqual([true, false, false, true]);
  expect(await sql`select 1 from messaging.suppressions`).toHaveLength(0);
});
