import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../db/testing.ts";
import { insertContacts, insertPage, type StagePage } from "../testing/pages.ts";
import { until } from "../../std/testing.ts";
import { deleteContacts } from "../contacts/contact_delete.ts";
import type { InboundEvent, InboundMessage } from "../inbound/inbound_event.ts";
import { recordInbound } from "../inbound/record_inbound.ts";

let database: TestDatabase;
let page: StagePage;
beforeAll(async () => {
  database = await createTestDatabase();
  page = await insertPage(database, "1040001", "sealed");
});
afterAll(() => database.close());

async function deleteContact(psid: string): Promise<void> {
  const { workspaceId, userId } = page;
  const [contact] = await insertContacts(database, page, [psid]);
  const contactIds = [contact?.id ?? ""];
  await database.sql.begin((tx) => deleteContacts(tx, { workspaceId, contactIds, userId }));
}

const minutes = (count: number) => Date.now() + count * 60_000;
const inConversation = (psid: string, at: number) => ({ pageFacebookId: page.facebookId, psid, at });
const message = (psid: string, at: number, more: Partial<InboundMessage> = {}): InboundMessage => ({
  ...inConversation(psid, at),
  type: "message",
  direction: "in",
  kind: "message",
  mid: `m_${psid}_${at}`,
  text: "Hi",
  content: null,
  replyToMid: null,
  attachments: [],
  appId: null,
  attempt: null,
  isStandby: false,
  ...more,
});
const receipt = (psid: string, at: number): InboundEvent => ({
  ...inConversation(psid, at),
  type: "receipt",
  deliveredUntil: at,
  readUntil: null,
  mids: [`m_of_ours_${psid}`],
});
const known = async (psid: string) =>
  await database.sql<{ messages: number }[]>`
    select (select count(*)::int4 from messaging.messages m where m.conversation_id = c.id) as messages
    from messaging.contacts c where c.page_id = ${page.pageId} and c.psid = ${psid}`;

test("recordInbound() does not recreate a deleted contact from events in flight at the deletion", async () => {
  await deleteContact("501");
  const attempt = { id: crypto.randomUUID(), deliveryId: crypto.randomUUID() };

  await recordInbound(database.sql, [receipt("501", minutes(1))]);
  await recordInbound(database.sql, [message("501", minutes(1), { direction: "out", appId: "1", attempt })]);
  await recordInbound(database.sql, [message("501", minutes(-1)), receipt("501", minutes(1))]);

  expect(await known("501")).toEqual([]);
  const jobs = await database.sql`select 1 from jobs.jobs where kind = 'contact.profile'`;
  expect(jobs).toHaveLength(0);
});

test("recordInbound() does not recreate a contact from a receipt during the deletion", async () => {
  const { workspaceId, userId } = page;
  const [contact] = await insertContacts(database, page, ["505"]);
  let recording: Promise<unknown> | undefined;

  await database.sql.begin(async (tx) => {
    await deleteContacts(tx, { workspaceId, contactIds: [contact?.id ?? ""], userId });
    recording = recordInbound(database.sql, [receipt("505", minutes(1)), message("506", minutes(1))]);
    await until("the receipt to wait", async () => {
      const waits =
        await database.sql`select 1 from pg_locks where not granted and locktype = 'transactionid'`;
      return waits.length > 0;
    });
  });
  await recording;

  expect(await known("505")).toEqual([]);
  expect(await known("506")).toEqual([{ messages: 1 }]);
});

test("recordInbound() recreates a deleted contact after a new message, from them or to them elsewhere", async () => {
  await deleteContact("502");
  await deleteContact("503");

  await recordInbound(database.sql, [receipt("502", minutes(1)), message("502", minutes(1))]);
  await recordInbound(database.sql, [message("503", minutes(1), { direction: "out", appId: "2" })]);
  // Late events belong to a known contact.
  await recordInbound(database.sql, [message("502", minutes(-1)), receipt("502", minutes(2))]);

  expect(await known("502")).toEqual([{ messages: 2 }]);
  expect(await known("503")).toEqual([{ messages: 1 }]);
});

test("recordInbound() keeps a receipt that comes before any other event of a contact who was not deleted", async () => {
  await recordInbound(database.sql, [receipt("504", minutes(1))]);

  expect(await known("504")).toEqual([{ messages: 0 }]);
});
