import type { Sql, TransactionSql } from "postgres";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../db/testing.ts";
import { insertContacts, insertPage, type StagePage } from "../testing/pages.ts";
import { sendAutoReplies } from "./send_auto_replies.ts";
import { listEnrolments } from "./enrolments.ts";
import { writeAutoReplies } from "./auto_replies.ts";
import type { Trigger } from "./schema.ts";
import { runSequence, step, trigger } from "./testing.ts";
import { runTriggers } from "./triggers.ts";

let database: TestDatabase;
let page: StagePage;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.close();
});
beforeEach(async () => {
  page = await insertPage(database, crypto.randomUUID(), "sealed");
  await database.sql`update messaging.pages set created_at = now() - interval '1 h' where id = ${page.pageId}`;
});

const answer = async () =>
  (await sendAutoReplies({ sql: database.sql, config: { appUrl: "https://app.example.com" } })).length;

async function contacts(count: number): Promise<string[]> {
  const psids = Array.from({ length: count }, () => crypto.randomUUID());
  return (await insertContacts(database, page, psids)).map(({ id }) => id);
}

const say = (sql: Sql | TransactionSql, ids: readonly string[], secondsAgo = 0) => sql`
  insert into messaging.messages (id, workspace_id, conversation_id, page_id, mid, direction, author_kind, text, sent_at)
  select uuidv7(make_interval(secs => ${-secondsAgo})), ${page.workspaceId}, id, ${page.pageId},
    id::text || ${crypto.randomUUID()}::text, 'in', 'contact', 'hello',
    clock_timestamp() - make_interval(secs => ${secondsAgo}) from unnest(${[...ids]}::uuid[]) as who (id)`;

/** A running sequence with this trigger, and who is in it. */
async function sequence(given: Pick<Trigger, "kind"> & Record<string, unknown>) {
  const ref = await runSequence(database.sql, page, { steps: [step("one")], trigger: trigger(given) });
  const members = async () =>
    (await listEnrolments(database.sql, ref, {})).items.map((one) => one.contact.id);
  return { id: ref.sequenceId, members };
}

/** As if the last look was a little while ago, so that the next one takes place. */
async function look(): Promise<number> {
  await database.sql`update messaging.triggers set seen_until = seen_until - interval '1 s'`;
  await database.sql`update messaging.auto_replies set seen_until = seen_until - interval '1 s'`;
  await runTriggers(database.sql);
  return await answer();
}

/** As if nobody had looked for a page's people for so long. */
const lastLook = (secondsAgo: number) => database.sql`
  update messaging.auto_replies set seen_until = now() - make_interval(secs => ${secondsAgo})
  where page_id = ${page.pageId}`;

const welcome = () =>
  writeAutoReplies(
    database.sql,
    { workspaceId: page.workspaceId, pageId: page.pageId },
    { welcome: { text: "Welcome" }, away: null, businessHours: null },
  );

test("events of a transaction open over many ticks trigger the sequence and get a reply", async () => {
  const [id = ""] = await contacts(1);
  const { members } = await sequence({ kind: "keyword", words: ["hello"], how: "is" });
  await welcome();
  const written = Promise.withResolvers<void>();
  const looked = Promise.withResolvers<void>();

  const held = database.sql.begin(async (tx) => {
    await say(tx, [id]);
    written.resolve();
    await looked.promise;
  });
  await written.promise;
  for (let turn = 0; turn < 10; turn += 1) {
    await look();
    await Bun.sleep(500);
  }
  const during = await members();
  looked.resolve();
  await held;

  expect(await look()).toBe(1);
  expect(during).toEqual([]);
  expect(await members()).toEqual([id]);
});

test("auto-replies answer more contacts than one tick allows in the next one", async () => {
  await welcome();
  await say(database.sql, await contacts(501), 30);
  await lastLook(40);

  expect([await look(), await look(), await look()]).toEqual([500, 1, 0]);
});

test("messages from before an auto-reply was turned on get none", async () => {
  const ref = { workspaceId: page.workspaceId, pageId: page.pageId };
  await welcome();
  await writeAutoReplies(database.sql, ref, { welcome: null, away: null, businessHours: null });
  const [early = "", late = ""] = await contacts(2);
  await say(database.sql, [early], 10);
  await lastLook(60);
  await welcome();
  await say(database.sql, [late]);

  expect(await look()).toBe(1);
  const [answered] =
    await database.sql`select contact_id from messaging.deliveries where page_id = ${page.pageId}`;
  expect(answered?.contact_id).toBe(late);
});

test("an imported contact is new with their first message only", async () => {
  const [known = "", imported = ""] = await contacts(2);
  await say(database.sql, [known]);
  await Bun.sleep(5);
  const { members } = await sequence({ kind: "new_contact" });
  await say(database.sql, [known, imported]);
  await look();

  expect(await members()).toEqual([imported]);
});

test("a trigger that cannot be read does not delay others", async () => {
  const broken = await sequence({ kind: "keyword", words: ["hello"], how: "is" });
  await database.sql`update messaging.triggers set match = '{}', seen_until = seen_until - interval '1 h'
    where campaign_id = ${broken.id}`;
  const { members } = await sequence({ kind: "keyword", words: ["hello"], how: "is" });
  const [id = ""] = await contacts(1);
  await say(database.sql, [id]);
  await look();

  expect(await members()).toEqual([id]);
  expect(await broken.members()).toEqual([]);
});
