import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../db/testing.ts";
import { insertContacts, insertPage, type StagePage } from "../testing/pages.ts";
import { endRows } from "../campaign_plan/end_rows.ts";
import { advanceSequences } from "./advance.ts";
import { enrolByHand } from "./enrolments.ts";
import { type SequenceRef, stopSequence } from "./sequence_store.ts";
import { listStepMessages, readStepResults } from "./step_results.ts";
import { runSequence } from "./testing.ts";

let database: TestDatabase;
let page: StagePage;
let ref: SequenceRef;
const psids = ["1", "2", "3", "4", "5"];

beforeAll(async () => {
  database = await createTestDatabase();
  page = await insertPage(database, crypto.randomUUID(), "sealed");
  const contacts = await insertContacts(database, page, psids);
  ref = await runSequence(database.sql, page);
  await enrolByHand(database.sql, ref, { contactIds: contacts.map((one) => one.id) });
  await advanceSequences(database.sql);
});
afterAll(async () => {
  await database.close();
});

const end = (psid: string, state: string, reason: string | null = null) => database.sql`
  update messaging.deliveries set state = ${state}, reason = ${reason}, attempt_at = now() - interval '1 min',
    settled_at = now() - interval '1 min' where campaign_id = ${ref.sequenceId} and psid = ${psid}`;

test("a step's results count outcomes and reasons, and each reason lists its contacts", async () => {
  await end("1", "sent");
  await end("2", "skipped", "window-closed");
  await end("3", "skipped", "window-closed");
  await end("4", "failed", "unconfirmed");
  await database.sql`update messaging.contacts set last_inbound_at = now() where psid = '1' and page_id = ${page.pageId}`;
  await database.sql`insert into messaging.receipts (delivery_id, delivered_at, read_at)
    select id, now(), now() from messaging.deliveries where state = 'sent'`;
  await database.sql`update messaging.conversations v set delivered_until = now(), read_until = now()
    from messaging.contacts c where c.id = v.id and c.psid = '1' and c.page_id = ${page.pageId}`;
  // The same person once more, in a second round.
  await database.sql`update messaging.deliveries set step = 1001 where campaign_id = ${ref.sequenceId} and psid = '3'`;

  await database.sql`update messaging.enrolments set status = 'exited', exit_reason = 'replied', ended_at = now()
    where campaign_id = ${ref.sequenceId} and contact_id = (select id from messaging.contacts where psid = '1')`;

  const { steps } = await readStepResults(database.sql, ref);
  const leftOut = { state: "skipped", reason: "window-closed" } as const;
  const first = await listStepMessages(database.sql, { ...ref, step: 1 }, { ...leftOut, limit: 1 });
  const second = await listStepMessages(
    database.sql,
    { ...ref, step: 1 },
    { ...leftOut, limit: 1, cursor: first.nextCursor ?? "" },
  );

  expect(steps).toMatchObject([
    {
      entered: 5,
      waiting: 0,
      left: 0,
      queued: 1,
      sent: 1,
      delivered: 1,
      read: 1,
      replied: 1,
      clicked: 0,
      failed: 1,
      skipped: 2,
    },
    { entered: 5, waiting: 4, left: 1, queued: 0, sent: 0, reasons: [] },
  ]);
  expect(steps[0]?.reasons).toEqual([
    {
      state: "failed",
      reason: "unconfirmed",
      title: "Meta did not say whether it was sent",
      titleCode: "reason-unconfirmed",
      count: 1,
    },
    {
      state: "skipped",
      reason: "window-closed",
      title: expect.any(String),
      titleCode: "reason-window-closed",
      count: 2,
    },
  ]);
  expect([...first.items, ...second.items].map((one) => [one.name, one.reason])).toEqual([
    [expect.stringContaining("2"), "window-closed"],
    [expect.stringContaining("3"), "window-closed"],
  ]);
  expect(second.nextCursor).toBeNull();
  expect((await listStepMessages(database.sql, { ...ref, step: 2 }, {})).items).toEqual([]);
  const sent = await listStepMessages(database.sql, { ...ref, step: 1 }, { state: "sent" });
  expect(sent.items).toMatchObject([
    { state: "sent", readAt: expect.any(String), replied: true, clicked: false },
  ]);
});

test("contacts queued when a sequence was stopped show that reason, and none of a campaign", async () => {
  await stopSequence(database.sql, { ...ref, by: "Ann" });
  await endRows(database);

  const { items } = await listStepMessages(database.sql, { ...ref, step: 1 }, { state: "cancelled" });

  expect(items).toMatchObject([
    {
      reason: "sequence-stopped",
      title: "The sequence was stopped before this message was sent",
      remedy: "Duplicate the sequence and add this person to the copy",
    },
  ]);
});
