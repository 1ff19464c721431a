import { afterAll, beforeAll, expect, test } from "vitest";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";
import { until } from "../../modules/std/testing.ts";

let on: AppWithMeta;
let luna: { facebookId: string; pageId: string };
let sol: { facebookId: string; pageId: string };
beforeAll(async () => {
  on = await openAppWithMeta();
  luna = await on.connectNewPage("Luna");
  sol = await on.connectNewPage("Sol");
  await makeTemplate("order_update", luna.pageId);
});
afterAll(() => on.close());

async function makeTemplate(name: string, pageId: string): Promise<void> {
  await on.here("POST", "/utility-templates", {
    pageIds: [pageId],
    name,
    language: "en",
    header: "Order {{number}}",
    body: "Good news, {{customer}}: your order {{order_id}} is on its way to you.",
    buttons: [{ type: "postback", title: "Track", payload: "TRACK" }],
    samples: { customer: "John", order_id: "566701", "header.number": "7" },
  });
  await until(`${name} to be approved`, async () => {
    const rows = await on.database.sql`select from messaging.utility_templates
      where name = ${name} and page_id = ${pageId} and status = 'APPROVED'`;
    return rows.length > 0;
  });
}

interface Person {
  psid: string;
  conversationId: string;
}

/** A contact whose last message is this many hours old. */
async function writer(hoursAgo: number, { facebookId } = luna): Promise<Person> {
  const { psid, conversationId } = await on.newWriter(facebookId, { name: "Ann Lee" });
  await on.control("POST", `/persons/${psid}/age`, { hours: hoursAgo });
  await on.database.sql`update messaging.contacts
    set last_inbound_at = now() - make_interval(hours => ${hoursAgo}) where id = ${conversationId}`;
  return { psid, conversationId };
}

const reply = ({ conversationId }: Person, body: unknown, key?: string) =>
  on.reply(conversationId, body, key);

const order = (changes: Record<string, unknown> = {}) => ({
  content: {
    utility: {
      name: "order_update",
      language: "en",
      parameters: { customer: "{{first_name|friend}}", order_id: "A-1", "header.number": "7" },
      ...changes,
    },
  },
});

const whenSent = ({ psid }: Person) =>
  until("the message at Meta", async () => {
    const all = await on.sent(psid);
    return all.length > 0 ? all : null;
  });

test("an approved utility template reaches its contact long after the window, once, and appears in the timeline", async () => {
  const person = await writer(300);
  const key = crypto.randomUUID();

  const typed = await reply(person, { text: "Your order has left us" });
  const first = await reply(person, order(), key);
  const again = await reply(person, order(), key);
  const other = await reply(person, order({ parameters: {} }), key);
  const sent = await whenSent(person);
  const conversation = await on.here("GET", `/conversations/${person.conversationId}/timeline`);

  expect(typed).toMatchObject({ status: 409, body: { code: "window-closed" } });
  expect(first).toMatchObject({
    status: 202,
    body: {
      message: {
        text: "Order 7\nGood news, Ann: your order A-1 is on its way to you.",
        content: { buttons: [{ title: "Track" }] },
      },
    },
  });
  expect(again.body.message?.id).toBe(first.body.message?.id);
  expect(other).toMatchObject({ status: 409, body: { code: "idempotency-key-reused" } });
  expect(sent).toMatchObject([{ messagingType: "UTILITY", text: expect.stringContaining("order A-1") }]);
  await until("the echo to be known as ours", async () => {
    const rows = await on.database.sql<{ mid: string | null }[]>`select mid from messaging.messages
      where conversation_id = ${person.conversationId} and direction = 'out'`;
    return rows.length === 1 && rows[0]?.mid !== null;
  });
  expect(JSON.stringify(conversation.body)).toContain("order A-1");
  const [kept] = await on.database.sql<{ class: string; state: string; by_person: boolean }[]>`
    select class, state, by_user_id is not null as by_person from messaging.deliveries
    where contact_id = ${person.conversationId}`;
  expect(kept).toEqual({ class: "utility", state: "sent", by_person: true });
});

test("a saved template with a utility message does the same, with the page's own text", async () => {
  const person = await writer(300, sol);
  await makeTemplate("order_news", sol.pageId);
  await on.here("POST", "/templates", {
    name: "Order",
    content: {
      utility: {
        ...order().content.utility,
        byPage: { [sol.pageId]: { name: "order_news", language: "en" } },
      },
    },
  });
  const [saved] = await on.database.sql<
    { id: string }[]
  >`select id from messaging.templates where name = 'Order'`;

  const { status } = await reply(person, { templateId: saved?.id });
  const [sent] = await whenSent(person);

  expect(status).toBe(202);
  expect(sent?.message).toMatchObject({ template: { name: "order_news" } });
});

test("sendReply refuses a disallowed utility template with a remedy, and writes nothing", async () => {
  const elsewhere = await writer(300, sol);
  const stopped = await writer(300);
  await on.database
    .sql`update messaging.contacts set subscribed = false where id = ${stopped.conversationId}`;
  const quoting = await writer(1);

  const missing = await reply(elsewhere, order());
  const empty = await reply(quoting, order({ parameters: { customer: "Ann" } }));
  const unsubscribed = await reply(stopped, order());
  const quotes = await reply(quoting, { ...order(), replyToMid: "m_1" });

  expect(missing).toMatchObject({ status: 422, body: { code: "content-invalid" } });
  expect(empty).toMatchObject({ status: 422, body: { code: "content-invalid" } });
  expect(unsubscribed).toMatchObject({
    status: 409,
    body: { code: "unsubscribed", remedy: expect.any(String) },
  });
  expect(quotes).toMatchObject({ status: 422, body: { code: "reply-quotes-utility" } });
  const rows = await on.database.sql`select from messaging.deliveries
    where contact_id = any(${[elsewhere, stopped, quoting].map((one) => one.conversationId)}::uuid[])`;
  expect(rows).toHaveLength(0);
});

test("sendReply refuses a contact on the suppression list, and retries a failed utility reply the same way", async () => {
  const listed = await writer(300);
  const failing = await writer(300);
  await on.database.sql`insert into messaging.suppressions (workspace_id, page_id, psid, reason)
    select workspace_id, page_id, psid, 'manual' from messaging.contacts where id = ${listed.conversationId}`;
  await on.control("POST", "/faults", { psid: failing.psid, code: 100, message: "(#100) Odd", count: 1 });

  await reply(listed, order());
  const { body } = await reply(failing, order());
  const stateOf = ({ conversationId }: Person) =>
    until("the outcome", async () => {
      const [row] = await on.database.sql<{ state: string; reason: string | null }[]>`
        select state, reason from messaging.deliveries where contact_id = ${conversationId}`;
      return row && !["queued", "leased", "sending"].includes(row.state) ? row : null;
    });
  const skipped = await stateOf(listed);
  const failed = await stateOf(failing);
  const retried = await on.here(
    "POST",
    `/conversations/${failing.conversationId}/messages/${String(body.message?.id)}/retry`,
  );

  expect(skipped).toEqual({ state: "skipped", reason: "suppressed" });
  expect(failed.state).toBe("failed");
  expect(retried.status).toBeLessThan(300);
  expect(await whenSent(failing)).toMatchObject([{ messagingType: "UTILITY" }]);
});
