import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "../std/testing.ts";
import { createWebhookHarness, type WebhookHarness } from "./testing.ts";

let on: WebhookHarness;
beforeAll(async () => {
  on = await createWebhookHarness();
});
afterAll(() => on.close());

const at = Date.now() - 60_000;
const pageFacebookId = "104810069068200";
const text = (psid: string, mid: string, text: string, timestamp = at) => ({
  sender: { id: psid },
  recipient: { id: pageFacebookId },
  timestamp,
  message: { mid, text },
});

test("ingest() has stored a text message in its place before the response", async () => {
  await on.send(text("1001", "m_first", "Is this still available?"));

  const rows = await on.database.sql`
    select m.text, m.direction, m.sent_at, c.psid, c.last_inbound_at, v.unread_count, v.preview_text, v.status, r.state
    from messaging.messages m join messaging.contacts c on c.id = m.conversation_id
    join messaging.conversations v on v.id = c.id, webhooks.raw_events r where m.mid = 'm_first'`;
  expect(rows).toEqual([
    expect.objectContaining({
      text: "Is this still available?",
      direction: "in",
      psid: "1001",
      unread_count: 1,
      preview_text: "Is this still available?",
      status: "open",
      state: "stored",
    }),
  ]);
  const jobs = await on.database.sql`select kind, payload from jobs.jobs where kind = 'contact.profile'`;
  expect(jobs).toHaveLength(1);
});

test("ingest() counts duplicates in one POST and across POSTs once", async () => {
  const one = text("1002", "m_twice", "hello");
  await on.send(one, one, text("1002", "m_other", "again", at + 1));
  await Promise.all([on.send(one), on.send(one)]);

  const [row] = await on.database.sql`
    select unread_count, preview_text, (select count(*)::int from messaging.messages m where m.conversation_id = v.id) as n
    from messaging.conversations v join messaging.contacts c on c.id = v.id where c.psid = '1002'`;
  expect(row).toMatchObject({ unread_count: 2, n: 2, preview_text: "again" });
});

test("ingest() does not delay events of free rows behind a batch that waits for a lock", async () => {
  await on.send(text("1003", "m_before", "hello"));
  const other = await on.database.sql.reserve();
  await other`begin`;
  await other`select from messaging.contacts where psid = '1003' for update`;

  const blocked = on.send(text("1003", "m_blocked", "I wait", at + 1));
  await until("the batch that waits for the lock", async () => {
    // Read outside the transaction, in which Postgres keeps showing the same activity.
    const [row] = await on.database.sql`select pid from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    return row;
  });
  const behind = on.send(text("1003", "m_behind", "I wait, too", at + 2));
  // Longer than a batch waits for company: by then the next request was considered and skipped.
  await Bun.sleep(100);
  await on.send(text("1004", "m_free", "I do not"));

  const mids = () => on.database.sql`select mid from messaging.messages
    where mid in ('m_blocked', 'm_behind', 'm_free') order by sent_at`;
  expect(await mids()).toEqual([{ mid: "m_free" }]);
  await other`rollback`;
  other.release();
  await Promise.all([blocked, behind]);
  expect(await mids()).toEqual([{ mid: "m_free" }, { mid: "m_blocked" }, { mid: "m_behind" }]);
});
