import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openDatabase } from "#db";
import { createTestDatabase, type TestDatabase } from "../../../db/testing.ts";
import { insertContacts, insertPage, type StagePage } from "../testing/pages.ts";
import { advanceSequences } from "./advance.ts";
import { enrolByHand, listEnrolments } from "./enrolments.ts";
import { exitByClick, exitSequences } from "./exit.ts";
import type { NewSequence } from "./schema.ts";
import { duplicateSequence, type SequenceRef, stopSequence } from "./sequence_store.ts";
import { noExit, runSequence, step } from "./testing.ts";

let database: TestDatabase;
let page: StagePage;
let contactId: string;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.close();
});
beforeEach(async () => {
  page = await insertPage(database, crypto.randomUUID(), "sealed");
  contactId = await contactOf(page);
});

const twoTexts = [step("one"), step("two")];

async function contactOf(of: StagePage): Promise<string> {
  const [contact] = await insertContacts(database, of, [crypto.randomUUID()]);
  if (!contact) throw new Error("Cannot insert a contact");
  return contact.id;
}

/** A running sequence with these people in it. */
async function running(given: Partial<NewSequence>, contactIds = [contactId]): Promise<SequenceRef> {
  const ref = await runSequence(database.sql, page, given);
  await enrolByHand(database.sql, ref, { contactIds });
  return ref;
}

const ledger = async (ref: SequenceRef) => [
  ...(await database.sql`
    select coalesce(content.message ->> 'text', content.message #>> '{template,name}') as says, d.class, d.state, d.reason
    from messaging.deliveries d join messaging.contents content on content.id = d.content_id
    where d.campaign_id = ${ref.sequenceId} order by d.step, says`),
];

const settle = () => database.sql`update messaging.deliveries
  set state = 'sent', settled_at = clock_timestamp() where page_id = ${page.pageId} and state = 'queued'`;

/** When those are looked at again at the latest whose message still waits. */
async function later(): Promise<void> {
  await database.sql`update messaging.enrolments set due_at = due_at - interval '31 s'`;
  await advanceSequences(database.sql);
}

const writes = () =>
  database.sql`update messaging.contacts set last_inbound_at = clock_timestamp() where id = ${contactId}`;

/** A message of a person, as webhooks write it. */
async function insertInbound(of: string): Promise<void> {
  const { workspaceId, pageId } = page;
  await database.sql`insert into messaging.messages (workspace_id, conversation_id, page_id, mid, direction, author_kind, text, sent_at)
    values (${workspaceId}, ${of}, ${pageId}, ${crypto.randomUUID()}, 'in', 'contact', 'Yes', clock_timestamp())`;
  await database.sql`update messaging.contacts set last_inbound_at = clock_timestamp() where id = ${of}`;
}

const statusOf = async (ref: SequenceRef) => {
  const { items } = await listEnrolments(database.sql, ref, {});
  return items.map(({ status, exitReason }) => ({ status, exitReason }));
};

async function approve(on: StagePage, name: string): Promise<void> {
  await database.sql`
    insert into messaging.utility_templates (workspace_id, page_id, name, language, category, status, parameter_format, components)
    values (${on.workspaceId}, ${on.pageId}, ${name}, 'en', 'UTILITY', 'APPROVED', 'POSITIONAL',
      ${JSON.stringify([{ type: "BODY", text: "Your order is on its way." }])}::jsonb)`;
}

test("a step with a utility template uses the lane outside the window and each page's own template, and skips pages without one", async () => {
  const [other, without] = [
    await insertPage(database, crypto.randomUUID(), "sealed", page.workspaceId),
    await insertPage(database, crypto.randomUUID(), "sealed", page.workspaceId),
  ];
  await approve(page, "order_sent");
  await approve(other, "parcel_sent");
  const byPage = { [other.pageId]: { name: "parcel_sent", language: "en" } };
  const content = { utility: { name: "order_sent", language: "en", parameters: {}, byPage } };
  const steps = [{ delaySeconds: 0, condition: null, content }];
  const ref = await running({ steps }, [contactId, await contactOf(other), await contactOf(without)]);

  await advanceSequences(database.sql);

  expect(await ledger(ref)).toEqual([
    { says: "order_sent", class: "utility", state: "queued", reason: null },
    { says: "order_sent", class: "utility", state: "skipped", reason: "no-template" },
    { says: "parcel_sent", class: "utility", state: "queued", reason: null },
  ]);
  const counts =
    await database.sql`select counts from messaging.campaign_deltas where campaign_id = ${ref.sequenceId}`;
  expect(counts.map((row) => row.counts)).toEqual([{ planned: 3, queued: 2, skipped: 1 }]);
});

test("a contact who exits early does not get the queued message", async () => {
  const ref = await running({ exit: { ...noExit, onReply: true } });
  await advanceSequences(database.sql);
  await settle();
  await advanceSequences(database.sql);
  const waiting = await ledger(ref);
  await writes();

  await later();

  expect(waiting).toMatchObject([{ state: "sent" }, { says: "two", state: "queued" }]);
  expect(await statusOf(ref)).toEqual([{ status: "exited", exitReason: "replied" }]);
  expect(await ledger(ref)).toMatchObject([{ state: "sent" }, { says: "two", state: "cancelled" }]);
});

test("exitSequences() exits a contact at once on a reply, tag or link click, days before the next step, and no other", async () => {
  const later = [
    ...twoTexts.slice(0, 1),
    ...twoTexts.slice(1).map((step) => ({ ...step, delaySeconds: 86_400 })),
  ];
  const [tag] = await database.sql<{ id: string }[]>`insert into messaging.tags (workspace_id, name, colour)
    values (${page.workspaceId}, 'bought', 'blue') returning id`;
  const tagId = tag?.id ?? "";
  const [answering, tagged, clicking, silent] = [
    contactId,
    await contactOf(page),
    await contactOf(page),
    await contactOf(page),
  ];
  const ref = await running({ steps: later, exit: { onReply: true, onClick: true, onTagId: tagId } }, [
    answering,
    tagged,
    clicking,
    silent,
  ]);
  await advanceSequences(database.sql);
  await settle();
  const nobody = await exitSequences(database.sql);

  await insertInbound(answering);
  await database.sql`insert into messaging.contact_tags (workspace_id, page_id, contact_id, tag_id)
    values (${page.workspaceId}, ${page.pageId}, ${tagged}, ${tagId})`;
  await database.sql.begin(async (tx) => {
    const [sent] = await tx<{ id: string }[]>`
      select id from messaging.deliveries where campaign_id = ${ref.sequenceId} and contact_id = ${clicking}`;
    await tx`insert into messaging.clicks (delivery_id, link) values (${sent?.id ?? ""}, 0)`;
    await exitByClick(tx, sent?.id ?? "");
  });
  const left = await exitSequences(database.sql);

  expect([nobody, left]).toEqual([0, 2]);
  expect(await statusOf(ref)).toEqual(
    expect.arrayContaining(
      ["replied", "tagged", "clicked"].map((exitReason) => ({ status: "exited", exitReason })),
    ),
  );
  expect((await statusOf(ref)).filter(({ status }) => status === "active")).toHaveLength(1);
});

test("exitSequences() reads recent messages and none from before the enrolment", async () => {
  const ref = await running({ exit: { ...noExit, onReply: true } });
  await database.sql`insert into messaging.messages (id, workspace_id, conversation_id, page_id, mid, direction, author_kind, text, sent_at)
    select uuidv7(interval '-1 day'), ${page.workspaceId}, ${contactId}, ${page.pageId}, 'old' || n, 'in', 'contact', 'Hi', now()
    from generate_series(1, 2000) n`;
  await database.sql`analyze messaging.messages, messaging.enrolments`;
  const { sql, close } = openDatabase(database.url, { max: 1 });
  const read = async () => {
    await sql`select pg_stat_force_next_flush()`;
    const [row] = await sql<{ rows: number }[]>`
      select (seq_tup_read + idx_tup_fetch)::int4 as rows from pg_stat_user_tables
      where schemaname = 'messaging' and relname = 'messages'`;
    return row?.rows ?? Number.NaN;
  };

  const before = await read();
  await exitSequences(sql);
  const rows = (await read()) - before;

  expect(rows).toBeLessThan(200);
  expect(await statusOf(ref)).toMatchObject([{ status: "active" }]);
  await close();
});

test("a message before the first step is not a reply to it", async () => {
  const ref = await running({ exit: { ...noExit, onReply: true } });
  await advanceSequences(database.sql);
  await writes();

  await later();

  expect(await statusOf(ref)).toEqual([{ status: "active", exitReason: null }]);
  expect(await ledger(ref)).toMatchObject([{ says: "one", state: "queued" }]);
});

test("duplicateSequence() creates a draft with the same steps, also of a stopped one", async () => {
  const ref = await running({ exit: { ...noExit, onReply: true } });
  await stopSequence(database.sql, { ...ref, by: "Ann" });

  const copy = await duplicateSequence(database.sql, { ...ref, userId: page.userId });

  expect(copy).toMatchObject({
    name: "Onboarding (copy)",
    status: "draft",
    steps: twoTexts,
    launchedAt: null,
  });
  expect(copy.exit.onReply).toBe(true);
});
