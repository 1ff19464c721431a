import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../db/testing.ts";
import { insertContacts, insertPage, type StageContact, type StagePage } from "../testing/pages.ts";
import { advanceSequences } from "./advance.ts";
import { type AnswerDeps, sendAutoReplies } from "./send_auto_replies.ts";
import { enrolByHand, listEnrolments, removeEnrolment } from "./enrolments.ts";
import { readNumbering } from "./numbering_store.ts";
import { writeAutoReplies } from "./auto_replies.ts";
import type { NewSequence } from "./schema.ts";
import { changeSequence, pauseSequence, startSequence, stopSequence } from "./sequence_store.ts";
import { readStepResults } from "./step_results.ts";
import { noExit, runSequence, step, trigger } from "./testing.ts";
import { runTriggers } from "./triggers.ts";

let database: TestDatabase;
let answering: AnswerDeps;
let page: StagePage;
let contacts: StageContact[];

beforeAll(async () => {
  database = await createTestDatabase();
  answering = { sql: database.sql, config: { appUrl: "https://app.example.com" } };
});
afterAll(async () => {
  await database.close();
});
beforeEach(async () => {
  const facebookId = crypto.randomUUID();
  page = await insertPage(database, facebookId, "sealed");
  contacts = await insertContacts(database, page, [`${facebookId}-1`, `${facebookId}-2`]);
});

const running = (given: Partial<NewSequence>) =>
  runSequence(database.sql, page, { steps: [step("one"), step("two", 3_600)], ...given });

const contact = (index: number): string => {
  const id = contacts[index]?.id;
  if (!id) throw new Error("no such contact");
  return id;
};

async function ledger(): Promise<string[]> {
  const rows = await database.sql<{ line: string }[]>`
    select d.contact_id || ' ' || (content.message ->> 'text') || ' ' || d.state as line from messaging.deliveries d
    join messaging.contents content on content.id = d.content_id where d.page_id = ${page.pageId}
    order by d.contact_id, d.step, d.id`;
  return rows.map((row) => row.line);
}

const settle = (state = "sent") => database.sql`update messaging.deliveries
  set state = ${state}, settled_at = clock_timestamp() where page_id = ${page.pageId} and state = 'queued'`;

/** An hour passes for everybody on the way. */
const anHourLater = () => database.sql`update messaging.enrolments
  set due_at = due_at - interval '1 h' where page_id = ${page.pageId}`;

const says = (contactId: string, text: string, content: unknown = null) => database.sql`
  with m as (insert into messaging.messages (workspace_id, conversation_id, page_id, mid, direction, author_kind, text, content, sent_at)
    values (${page.workspaceId}, ${contactId}, ${page.pageId}, ${crypto.randomUUID()}, 'in', 'contact', ${text},
      ${content === null ? null : JSON.stringify(content)}::jsonb, clock_timestamp()))
  update messaging.contacts set last_inbound_at = clock_timestamp() where id = ${contactId}`;

test("each due step is written to the ledger once by any number of tickers, and the enrolment ends after the last", async () => {
  const ref = await running({});
  await enrolByHand(database.sql, ref, { contactIds: contacts.map(({ id }) => id) });

  await Promise.all([advanceSequences(database.sql), advanceSequences(database.sql)]);
  const early = await ledger();
  await settle();
  await advanceSequences(database.sql);
  const before = await ledger();
  await anHourLater();
  await Promise.all([advanceSequences(database.sql), advanceSequences(database.sql)]);
  const last = await ledger();
  const { steps } = await readStepResults(database.sql, ref);
  await settle();
  await anHourLater();
  await advanceSequences(database.sql);
  const { items } = await listEnrolments(database.sql, ref, {});

  expect(early).toEqual(contacts.map(({ id }) => `${id} one queued`).toSorted());
  expect(before).toHaveLength(2);
  expect(last).toEqual(contacts.flatMap(({ id }) => [`${id} one sent`, `${id} two queued`]).toSorted());
  expect(items.map((one) => one.status)).toEqual(["finished", "finished"]);
  expect(steps).toMatchObject([
    { step: 1, sent: 2, queued: 0 },
    { step: 2, sent: 0, queued: 2 },
  ]);
});

test("a step whose condition fails is skipped; a reply ends the enrolment if the author chose so", async () => {
  const conditional = {
    ...step("did you see it?", 3_600),
    condition: { kind: "replied" as const, not: true },
  };
  const ref = await running({ steps: [step("one"), conditional, step("three", 3_600)] });
  await enrolByHand(database.sql, ref, { contactIds: contacts.map(({ id }) => id) });
  await advanceSequences(database.sql);
  await settle();
  await says(contact(0), "yes");
  await anHourLater();
  await advanceSequences(database.sql);
  await settle();

  const passed = await ledger();
  await changeSequence(database.sql, await paused(ref), { exit: { ...noExit, onReply: true } });
  await startSequence(database.sql, { ...ref, userId: page.userId });
  await says(contact(1), "stop asking");
  await anHourLater();
  await advanceSequences(database.sql);
  const { items } = await listEnrolments(database.sql, ref, {});

  expect(new Set(passed)).toEqual(
    new Set([`${contact(0)} one sent`, `${contact(1)} one sent`, `${contact(1)} did you see it? sent`]),
  );
  const asker = items.find((one) => one.contact.id === contact(1));
  expect(asker).toMatchObject({ status: "exited", exitReason: "replied" });
  expect((await ledger()).filter((line) => line.includes("three"))).toHaveLength(0);
});

async function paused(ref: { workspaceId: string; sequenceId: string }) {
  await pauseSequence(database.sql, { ...ref, by: "Ann" });
  return ref;
}

test("an enrolment keeps its place when steps are edited: no step twice, none missed", async () => {
  const [one, two, three] = [step("one"), step("two", 3_600), step("three", 3_600)];
  const ref = await running({ steps: [one, two, three] });
  const rewrite = async (steps: NewSequence["steps"]) => {
    await changeSequence(database.sql, await paused(ref), { steps });
    await startSequence(database.sql, { ...ref, userId: page.userId });
    await settle();
    await anHourLater();
    await advanceSequences(database.sql);
    await settle();
  };
  const got = async (contactId: string) =>
    (await ledger()).flatMap((line) => (line.startsWith(contactId) ? [line.split(" ")[1]] : []));
  await enrolByHand(database.sql, ref, { contactIds: [contact(0)] });
  await advanceSequences(database.sql);

  await rewrite([step("zero"), one, two, three]);
  const afterInsert = await got(contact(0));
  const [late] = (await listEnrolments(database.sql, ref, {})).items;
  await rewrite([two, three]);
  const afterRemoval = await got(contact(0));
  await enrolByHand(database.sql, ref, { contactIds: [contact(1)] });
  await rewrite([three, two, step("four", 3_600)]);
  for (let hours = 0; hours < 3; hours += 1) {
    await anHourLater();
    await advanceSequences(database.sql);
    await settle();
  }
  const { steps: results } = await readStepResults(database.sql, ref);

  expect(afterInsert).toEqual(["one", "two"]);
  expect(late?.nextStep).toBe(4);
  expect(afterRemoval).toEqual(["one", "two", "three"]);
  expect((await got(contact(0))).toSorted()).toEqual(["four", "one", "three", "two"]);
  expect((await got(contact(1))).toSorted()).toEqual(["four", "two"]);
  expect(results.map(({ sent }) => sent)).toEqual([1, 2, 2]);
});

test("a conflicting edit of steps continues from the other person's running version", async () => {
  const [one, two, three, four] = [step("one"), step("two"), step("three"), step("four")];
  const ref = await paused(await running({ steps: [one, two] }));
  const meanwhile = async () => {
    await changeSequence(database.sql, ref, { steps: [one, two, three] });
    await paused(await startSequence(database.sql, { ...ref, userId: page.userId }).then(() => ref));
  };
  const late = new Proxy(database.sql, {
    get: (target, name) =>
      name === "begin"
        ? async (work: Parameters<typeof target.begin>[1]) => {
            await meanwhile();
            return await target.begin(work as never);
          }
        : Reflect.get(target, name),
  });

  await changeSequence(late, ref, { steps: [one, two, three, four] });

  expect(await readNumbering(database.sql, ref)).toEqual({
    written: [1, 2, 3, 4],
    running: [1, 2, 3],
    last: 4,
  });
});

test("queued messages of an edited paused sequence take the new text; those of a deleted step are not sent", async () => {
  const ref = await running({ steps: [step("teh first"), step("the second")] });
  await enrolByHand(database.sql, ref, { contactIds: [contact(0)] });
  await advanceSequences(database.sql);
  const change = async (steps: NewSequence["steps"]) => {
    await changeSequence(database.sql, await paused(ref), { steps });
    await startSequence(database.sql, { ...ref, userId: page.userId });
  };

  await change([step("the first"), step("the second")]);
  const mended = await ledger();
  await change([step("the second")]);
  await anHourLater();
  await advanceSequences(database.sql);

  expect(mended).toEqual([`${contact(0)} the first queued`]);
  expect(await ledger()).toEqual([`${contact(0)} the first cancelled`, `${contact(0)} the second queued`]);
  const [counts] = await database.sql`
    select sum((counts ->> 'queued')::int4)::int4 as queued, sum((counts ->> 'cancelled')::int4)::int4 as cancelled
    from messaging.campaign_deltas where campaign_id = ${ref.sequenceId}`;
  expect(counts).toEqual({ queued: 1, cancelled: 1 });
});

test("a removed contact gets nothing more, and a paused or stopped sequence moves no one", async () => {
  const ref = await running({});
  await enrolByHand(database.sql, ref, { contactIds: contacts.map(({ id }) => id) });
  await advanceSequences(database.sql);
  const { items } = await listEnrolments(database.sql, ref, {});
  const first = items.find((one) => one.contact.id === contact(0));
  await removeEnrolment(database.sql, { ...ref, enrolmentId: first?.id ?? "" });
  await anHourLater();
  await paused(ref);
  const whilePaused = await advanceSequences(database.sql);
  await stopSequence(database.sql, { ...ref, by: "Ann" });

  const after = await listEnrolments(database.sql, ref, {});

  expect(await ledger()).toEqual([`${contact(0)} one cancelled`, `${contact(1)} one queued`].toSorted());
  expect(whilePaused).toBe(0);
  expect(after.items.map((one) => one.status)).toEqual(["removed", "removed"]);
});

test("a contact removed while their next step is written does not get it", async () => {
  const ref = await running({});
  await enrolByHand(database.sql, ref, { contactIds: [contact(0)] });
  const [one] = (await listEnrolments(database.sql, ref, {})).items;
  let removal: Promise<void> | undefined;

  await database.sql.begin(async (tx) => {
    await advanceSequences({ begin: (work: (tx: unknown) => unknown) => work(tx) } as never);
    removal = removeEnrolment(database.sql, { ...ref, enrolmentId: one?.id ?? "" });
    await Bun.sleep(100);
  });
  await removal;

  expect(await ledger()).toEqual([`${contact(0)} one cancelled`]);
});

test.each([
  [
    "a keyword",
    () => trigger({ kind: "keyword", words: ["Price"], how: "is" }),
    () => says(contact(0), " price! "),
  ],
  [
    "a tap on a button",
    () => trigger({ kind: "postback", payload: "MENU" }),
    () => says(contact(0), "Menu", { postback: { payload: "MENU" } }),
  ],
  ["the first message", () => trigger({ kind: "new_contact" }), () => newContact()],
])("%s enrols the contact once, for any number of ticks", async (_, match, act) => {
  const ref = await running({ steps: [step("one")], trigger: { ...match(), maxPerContact: 5 } });
  await says(contact(1), "hello, what is the price?");
  await act();

  for (let turn = 0; turn < 3; turn += 1) {
    await database.sql`update messaging.triggers set seen_until = seen_until - interval '2 s'`;
    await runTriggers(database.sql);
    await advanceSequences(database.sql);
  }

  const { items } = await listEnrolments(database.sql, ref, {});
  expect(items).toHaveLength(1);
  expect(items[0]?.contact.id).not.toBe(contact(1));
});

/** Somebody new; the other one wrote long ago, too. */
async function newContact(): Promise<void> {
  await database.sql`insert into messaging.messages (workspace_id, conversation_id, page_id, mid, direction, author_kind,
      text, sent_at)
    values (${page.workspaceId}, ${contact(1)}, ${page.pageId}, ${crypto.randomUUID()}, 'in', 'contact', 'hi',
      now() - interval '2 days')`;
  await says(contact(0), "hi");
}

test.each([
  ["Yes!", "yes", true],
  ["Info?", " INFO?! ", true],
  ["?", "?", true],
  ["?", "!!!", false],
])("the whole message “%s” is “%s”: %s", async (word, text, isFound) => {
  const keyword = trigger({ kind: "keyword", words: [word, "other"], how: "is" });
  const ref = await running({ steps: [step("one")], trigger: keyword });
  await says(contact(0), text);
  await database.sql`update messaging.triggers set seen_until = seen_until - interval '2 s'`;
  await runTriggers(database.sql);

  expect((await listEnrolments(database.sql, ref, {})).items).toHaveLength(isFound ? 1 : 0);
});

test.each([
  ["hi", "well, HI!", true],
  ["hi", "this is it", false],
  ["c++", "do you teach C++?", true],
  ["preis", "Preise?", false],
  ["größe", "Welche Größe?", true],
  ["价格", "请问价格多少", true],
])("the word %s in “%s” enrols the contact: %s", async (word, text, isFound) => {
  const keyword = trigger({ kind: "keyword", words: [word], how: "contains" });
  const ref = await running({ steps: [step("one")], trigger: keyword });
  await says(contact(0), text);
  await database.sql`update messaging.triggers set seen_until = seen_until - interval '2 s'`;
  await runTriggers(database.sql);

  expect((await listEnrolments(database.sql, ref, {})).items).toHaveLength(isFound ? 1 : 0);
});

test("a tag, a field and silence enrol contacts, within cool-down and limit per contact", async () => {
  const [tag] = await database.sql`insert into messaging.tags (workspace_id, name, colour)
    values (${page.workspaceId}, 'VIP', 'blue') returning id`;
  const [field] = await database.sql`insert into messaging.custom_fields (workspace_id, key, label, type)
    values (${page.workspaceId}, 'city', 'City', 'text') returning id`;
  const byTag = await running({ trigger: trigger({ kind: "tag_added", tagId: tag?.id }) });
  const byField = await running({
    trigger: trigger({ kind: "field_matches", fieldId: field?.id, value: "Bonn" }),
  });
  const bySilence = await running({ trigger: trigger({ kind: "inactivity", days: 3 }) });
  const byShortSilence = await running({ trigger: trigger({ kind: "inactivity", hours: 20 }) });
  await database.sql`insert into messaging.contact_tags (workspace_id, page_id, contact_id, tag_id)
    values (${page.workspaceId}, ${page.pageId}, ${contact(0)}, ${tag?.id})`;
  await database.sql`insert into messaging.contact_fields (workspace_id, page_id, contact_id, field_id, type, text_value)
    values (${page.workspaceId}, ${page.pageId}, ${contact(1)}, ${field?.id}, 'text', 'bonn')`;
  await database.sql`update messaging.contacts set last_inbound_at = clock_timestamp() - interval '3 days 1 min'
    where id = ${contact(0)}`;
  await database.sql`update messaging.contacts set last_inbound_at = clock_timestamp() - interval '20 h 1 min'
    where id = ${contact(1)}`;
  await database.sql`update messaging.triggers set seen_until = seen_until - interval '15 min'`;
  await database.sql`update messaging.campaigns set launched_at = launched_at - interval '15 min'`;

  await runTriggers(database.sql);

  const came = async (ref: typeof byTag) =>
    (await listEnrolments(database.sql, ref, {})).items.map((one) => one.contact.id);
  expect(await came(byTag)).toEqual([contact(0)]);
  expect(await came(byField)).toEqual([contact(1)]);
  expect(await came(bySilence)).toEqual([contact(0)]);
  expect(await came(byShortSilence)).toEqual([contact(1)]);
});

test.each([
  ["number", 1_000_000_000_000_000, { number_value: 1e15 }],
  ["number", "12.50", { number_value: 12.5 }],
  ["number", 0.0000001, { number_value: 1e-7 }],
  ["checkbox", "yes", { checked_value: true }],
  ["date", " 2026-11-24 ", { date_value: "2026-11-24" }],
  ["text", " VIP ", { text_value: "vip" }],
] as const)("a field of type %s that becomes %j enrols the contact", async (type, value, held) => {
  const [field] = await database.sql`insert into messaging.custom_fields (workspace_id, key, label, type)
    values (${page.workspaceId}, 'given', 'Given', ${type}) returning id`;
  const ref = await running({ trigger: trigger({ kind: "field_matches", fieldId: field?.id, value }) });
  const row = { workspace_id: page.workspaceId, page_id: page.pageId, field_id: field?.id, type, ...held };
  await database.sql`insert into messaging.contact_fields ${database.sql({ ...row, contact_id: contact(0) })}`;
  await database.sql`update messaging.triggers set seen_until = seen_until - interval '2 s'`;

  await runTriggers(database.sql);

  const { items } = await listEnrolments(database.sql, ref, {});
  expect(items.map((one) => one.contact.id)).toEqual([contact(0)]);
});

test("createSequence() refuses a trigger with an impossible value or an empty keyword", async () => {
  const [field] =
    await database.sql`insert into messaging.custom_fields (workspace_id, key, label, type, options)
    values (${page.workspaceId}, 'plan', 'Plan', 'dropdown', '{Gold,Silver}') returning id`;
  const of = (value: string) =>
    running({ trigger: trigger({ kind: "field_matches", fieldId: field?.id, value }) });

  await expect(of("Bronze")).rejects.toMatchObject({
    code: "trigger-invalid",
    status: 422,
    message: expect.stringContaining('"Plan" must be one of: "Gold", "Silver"'),
  });
  await expect(
    running({ trigger: trigger({ kind: "keyword", words: [" "], how: "contains" }) }),
  ).rejects.toMatchObject({
    code: "trigger-words-empty",
  });
  await expect(of("gold")).resolves.toBeDefined();
});

test("a contact can enrol again after the cool-down, within the limit", async () => {
  const keyword = trigger({ kind: "keyword", words: ["again"], how: "contains", maxPerContact: 2 });
  const ref = await running({ steps: [step("one")], trigger: { ...keyword, cooldownSeconds: 60 } });
  const turns: number[] = [];

  for (const minutes of [0, 0, 2, 2]) {
    await database.sql`update messaging.enrolments set started_at = started_at - make_interval(mins => ${minutes})`;
    await says(contact(0), "and again");
    await database.sql`update messaging.triggers set seen_until = clock_timestamp() - interval '2 s'`;
    await runTriggers(database.sql);
    turns.push((await listEnrolments(database.sql, ref, {})).items.length);
    await advanceSequences(database.sql);
    await settle();
    await anHourLater();
    await advanceSequences(database.sql);
  }

  expect(turns).toEqual([1, 1, 2, 2]);
  expect(await ledger()).toEqual([`${contact(0)} one sent`, `${contact(0)} one sent`]);
  expect((await listEnrolments(database.sql, ref, {})).items.map((one) => one.status)).toEqual([
    "finished",
    "finished",
  ]);
});

test("a page sends its welcome and away message once each, with the contact's name", async () => {
  const never = { timezone: "Asia/Tokyo", mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] };
  await writeAutoReplies(
    database.sql,
    { workspaceId: page.workspaceId, pageId: page.pageId },
    { welcome: { text: "Hello {{first_name|there}}" }, away: null, businessHours: never },
  );
  const look = async () => {
    await database.sql`update messaging.auto_replies set seen_until = clock_timestamp() - interval '2 s'`;
    return (await Promise.all([sendAutoReplies(answering), sendAutoReplies(answering)])).flat().length;
  };
  await says(contact(0), "hi");

  // Meta has not told their name yet.
  const unnamed = await look();
  await database.sql`update messaging.contacts set first_name = 'Mia', profile_state = 'known' where id = ${contact(0)}`;
  const first = await look();
  await settle();
  await says(contact(0), "are you there?");
  const second = await look();
  await writeAutoReplies(
    database.sql,
    { workspaceId: page.workspaceId, pageId: page.pageId },
    { welcome: null, away: { text: "Back at nine" }, businessHours: never },
  );
  const third = await look();
  await settle();
  await says(contact(0), "hm");
  const fourth = await look();

  expect([unnamed, first, second, third, fourth]).toEqual([0, 1, 0, 1, 0]);
  expect(await ledger()).toEqual([`${contact(0)} Hello Mia sent`, `${contact(0)} Back at nine sent`]);
});

test("spam gets no welcome and triggers no sequence", async () => {
  const keyword = trigger({ kind: "keyword", words: ["price"], how: "is" });
  const ref = await running({ steps: [step("one")], trigger: keyword });
  const target = { workspaceId: page.workspaceId, pageId: page.pageId };
  await writeAutoReplies(database.sql, target, {
    welcome: { text: "Hello" },
    away: null,
    businessHours: null,
  });
  await database.sql`update messaging.conversations set status = 'spam', unread_count = 0 where id = ${contact(0)}`;
  for (const index of [0, 1]) await says(contact(index), "price");
  await database.sql`update messaging.triggers set seen_until = seen_until - interval '2 s'`;
  await database.sql`update messaging.auto_replies set seen_until = clock_timestamp() - interval '2 s'`;

  await runTriggers(database.sql);
  await sendAutoReplies(answering);

  expect((await listEnrolments(database.sql, ref, {})).items.map((one) => one.contact?.id)).toEqual([
    contact(1),
  ]);
  expect((await ledger()).filter((line) => line.includes("Hello"))).toEqual([`${contact(1)} Hello queued`]);
});

test("a contact without a name after some seconds is welcomed without it, and delays no one", async () => {
  await writeAutoReplies(
    database.sql,
    { workspaceId: page.workspaceId, pageId: page.pageId },
    { welcome: { text: "Hello {{first_name|there}}" }, away: null, businessHours: null },
  );
  await database.sql`update messaging.auto_replies set seen_until = clock_timestamp() - interval '8 s'`;
  await database.sql`update messaging.contacts set first_name = 'Ben', profile_state = 'known' where id = ${contact(1)}`;
  const write = (id: string, conversationId: string) => database.sql`
    insert into messaging.messages (id, workspace_id, conversation_id, page_id, mid, direction, author_kind, text, sent_at)
    values (${id}, ${page.workspaceId}, ${conversationId}, ${page.pageId}, ${`m_${id}`}, 'in', 'contact', 'hi', now())`;
  await write(Bun.randomUUIDv7("hex", Date.now() - 7_000), contact(0));
  const [late] = await insertContacts(database, page, [crypto.randomUUID()]);
  await write(Bun.randomUUIDv7("hex", Date.now() - 2_000), late?.id ?? "");
  await write(Bun.randomUUIDv7("hex", Date.now() - 1_500), contact(1));

  await sendAutoReplies(answering);
  await settle();

  const said = (await ledger()).toSorted();
  expect(said).toEqual([`${contact(0)} Hello there sent`, `${contact(1)} Hello Ben sent`].toSorted());
  // The next look begins where the one waits whose name is not known.
  const [place] = await database.sql`select seen_until < clock_timestamp() - interval '1.5 s' as waits
    from messaging.auto_replies where page_id = ${page.pageId}`;
  expect(place?.waits).toBe(true);
});

test("a page whose auto-reply cannot be sent does not delay other pages", async () => {
  const broken = await insertPage(database, crypto.randomUUID(), "sealed");
  const [stranger] = await insertContacts(database, broken, [crypto.randomUUID()]);
  await database.sql`insert into messaging.custom_fields (workspace_id, key, label, type)
    values (${broken.workspaceId}, 'city', 'City', 'text')`;
  const write = ({ workspaceId, pageId }: StagePage, text: string) =>
    writeAutoReplies(
      database.sql,
      { workspaceId, pageId },
      { welcome: { text }, away: null, businessHours: null },
    );
  await database.sql`update messaging.contacts set profile_state = 'known' where page_id = ${broken.pageId}`;
  await write(broken, "Hello in {{custom.city}}");
  await write(page, "Hello");
  await database.sql`delete from messaging.custom_fields where workspace_id = ${broken.workspaceId}`;
  await database.sql`update messaging.auto_replies set seen_until = clock_timestamp()
    - case when page_id = ${broken.pageId} then interval '3 s' else interval '2 s' end`;
  await says(contact(0), "hi");
  await database.sql`
    insert into messaging.messages (workspace_id, conversation_id, page_id, mid, direction, author_kind, text, sent_at)
    values (${broken.workspaceId}, ${stranger?.id ?? ""}, ${broken.pageId}, 'm_broken', 'in', 'contact', 'hi', now())`;

  const answered = await sendAutoReplies(answering);

  expect(answered).toEqual([{ workspaceId: page.workspaceId, conversationId: contact(0) }]);
});

test("writeAutoReplies() refuses tags of another workspace and invalid hours in words", async () => {
  const elsewhere = await insertPage(database, crypto.randomUUID(), "sealed");
  const [tag] = await database.sql`insert into messaging.tags (workspace_id, name, colour)
    values (${elsewhere.workspaceId}, 'Theirs', 'red') returning id`;
  await database.sql`insert into messaging.tags (workspace_id, name, colour)
    values (${page.workspaceId}, 'Ours', 'red')`;
  const hours = { timezone: "Mars/Base", mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] };

  const stranger = () => running({ trigger: trigger({ kind: "tag_added", tagId: tag?.id }) });
  const away = (businessHours: typeof hours | null) =>
    writeAutoReplies(
      database.sql,
      { workspaceId: page.workspaceId, pageId: page.pageId },
      { welcome: null, away: { text: "x" }, businessHours },
    );

  await expect(stranger()).rejects.toMatchObject({ code: "sequence-names-missing" });
  await expect(away(hours)).rejects.toMatchObject({ code: "hours-zone-unknown" });
  // Nobody would ever get it.
  await expect(away(null)).rejects.toMatchObject({ code: "hours-missing" });
});
