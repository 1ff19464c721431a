import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "#db";
import { createTestDatabase, type TestDatabase } from "../../../db/testing.ts";
import { listContacts } from "../contacts/contact_store.ts";
import { countOtherMatches, listConversations } from "./conversations.ts";

// Many more than a word may have that the index is asked for, since a sample tells how many those are.
const contacts = 5_000;
const workspaceId = Bun.randomUUIDv7();
let database: TestDatabase;
let on: Parameters<typeof listConversations>[0];
/** All conversations, newest first. */
let ids: string[];

// Each person says "order" and "refund"; in one message of both only every hundredth, one of whom has a number. The
// newest 700 are called Ada, all others Kira, and one of those Kira Zola; the newest 500 say "soon", all others "late".
beforeAll(async () => {
  database = await createTestDatabase();
  const { sql } = database;
  on = { sql, clock: Date.now };
  await sql`insert into auth.workspaces (id, name) values (${workspaceId}, 'Roastery')`;
  await sql`
    insert into messaging.pages (workspace_id, facebook_id, name, status, token_sealed)
    values (${workspaceId}, '1', 'Roastery', 'connected', 'sealed')`;
  await sql`
    insert into messaging.contacts (workspace_id, page_id, psid, name)
    select p.workspace_id, p.id, (9000000 + n)::text, case when n > ${contacts - 700}::int then 'Ada' when n = 700 then 'Kira Zola' else 'Kira' end
    from messaging.pages p, generate_series(1, ${contacts}::int) n order by n`;
  await sql`
    insert into messaging.conversations (id, workspace_id, page_id, last_message_at, preview_direction)
    select id, workspace_id, page_id, '2026-11-01'::timestamptz + make_interval(secs => psid::int - 9000000), 'in'
    from messaging.contacts`;
  await sql`
    insert into messaging.messages (workspace_id, conversation_id, page_id, mid, direction, author_kind, text, sent_at)
    select workspace_id, id, page_id, 'm' || id || word, 'in', 'contact',
      case when (psid::int - 9000000) % 100 > 0 then word when word = 'order' then 'an order to refund' else 'hello' end
        || case when psid::int - 9000000 > ${contacts - 500}::int then ' soon' else ' late' end
        || case when psid = '9000700' then ' ref77' else '' end, now()
    from messaging.contacts, unnest('{order,refund}'::text[]) as word order by psid, word`;
  await sql`analyze messaging.messages, messaging.contacts`;
  const rows = await sql<
    { id: string }[]
  >`select id from messaging.conversations order by last_message_at desc`;
  ids = rows.map((row) => row.id);
});
afterAll(() => database.close());

type Page = { items: { id: string }[]; nextCursor: string | null };

/** All pages, at most a hundred. */
async function walk(read: (cursor: string | undefined) => Promise<Page>): Promise<string[][]> {
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    pages.push(page.items.map((item) => item.id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && pages.length < 100);
  return pages;
}

const search = (text: string, limit = 30) =>
  walk((cursor) =>
    listConversations(on, workspaceId, {
      me: workspaceId,
      search: text,
      limit,
      ...(cursor ? { cursor } : {}),
    }),
  );

const searchContacts = (text: string, limit = 30) =>
  walk((cursor) => listContacts(on, workspaceId, { search: text, limit, ...(cursor ? { cursor } : {}) }));

test("listConversations() finds a frequent word over pages of bounded work, each conversation once", async () => {
  const pages = await search("late", 60);

  expect(pages.flat()).toEqual(ids.slice(500));
  // Each page looks through 64: the first seven find nothing.
  expect(pages.findIndex((page) => page.length > 0)).toBe(7);
  expect(Math.max(...pages.map((page) => page.length))).toBe(60);
});

test("listConversations() fills each page of a search for a frequent word", async () => {
  const pages = await search("ord", 60);

  expect(pages.slice(0, -1).every((page) => page.length >= 59)).toBe(true);
  expect(pages.flat()).toEqual(ids);
});

test("listConversations() finds every meeting of two frequent words that rarely meet", async () => {
  const pages = await search("order refund", 60);

  expect(pages).toEqual([ids.filter((_, n) => (contacts - n) % 100 === 0)]);
});

test("listConversations() finds a rare word beside a frequent one at once, anywhere", async () => {
  expect(await search("order ref77")).toEqual([[ids[contacts - 700]]]);
  expect(await search("order ref78")).toEqual([[]]);
  expect(await search("kira zola")).toEqual([[ids[contacts - 700]]]);
  expect(await search("ada zola")).toEqual([[]]);
  expect(await searchContacts("kira zola")).toEqual([[ids[contacts - 700]]]);
  expect(await searchContacts("ada zola")).toEqual([[]]);
  // In two messages of one conversation, and in none together.
  expect(await search("order hello ref77")).toEqual([[]]);
});

test("listConversations() finds a frequent name further down, in conversations and in contacts", async () => {
  const kiras = ids.slice(700);
  const inInbox = await search("kira", 100);
  const inContacts = await searchContacts("kira", 100);

  for (const pages of [inInbox, inContacts]) {
    expect(pages.flat()).toEqual(kiras);
    // Two times 256 without any.
    expect(pages.slice(0, 2)).toEqual([[], []]);
  }
});

const shown = (parts: { text: string; isMatch: boolean }[] | undefined) =>
  parts?.map(({ text, isMatch }) => (isMatch ? `[${text}]` : text)).join("");

test("listConversations() shows the match of a search: the newest message with all words, or the name", async () => {
  const find = async (text: string) => {
    const { items } = await listConversations(on, workspaceId, { me: workspaceId, search: text, limit: 1 });
    const { name, message } = items[0]?.match ?? {};
    return [shown(name), shown(message?.excerpt)];
  };

  // By an index, by reading, and by the name alone.
  expect(await find("ref77 ord")).toEqual(["Kira Zola", "an [ord]er to refund late [ref77]"]);
  expect(await find("refund soon")).toEqual(["Ada", "an order to [refund] [soon]"]);
  expect(await find("kira zola")).toEqual(["[Kira] [Zola]", undefined]);
  const { items } = await listConversations(on, workspaceId, { me: workspaceId });
  expect(items[0]?.match).toBeUndefined();
});

test("countOtherMatches() counts matches in other statuses, with bounded work", async () => {
  const resolved = ids.slice(600, 1_000);
  await database.sql`update messaging.conversations set status = 'resolved' where id = any(${resolved}::uuid[])`;
  await database.sql`update messaging.conversations set status = 'pending' where id = ${ids[contacts - 700] ?? ""}`;
  const count = (search: string, query: { pageId?: string; status?: "resolved" } = {}) =>
    countOtherMatches(on, workspaceId, { me: workspaceId, search, ...query });

  expect(await count("ref77")).toEqual([{ status: "pending", count: 1, isMore: false }]);
  expect(await count("kira zola")).toEqual([{ status: "pending", count: 1, isMore: false }]);
  expect(await count("ref77", { pageId: workspaceId })).toEqual([]);
  expect(await count("order refund")).toEqual([
    { status: "pending", count: 1, isMore: false },
    { status: "resolved", count: 4, isMore: false },
  ]);
  // Each of the 64 newest has it, and there are more.
  expect(await count("late")).toEqual([
    { status: "pending", count: 1, isMore: false },
    { status: "resolved", count: 64, isMore: true },
  ]);
  expect(await count("ada")).toEqual([{ status: "resolved", count: 100, isMore: false }]);
  // The newest 256 are called otherwise: nothing is known of older ones.
  expect(await count("kira", { status: "resolved" })).toEqual([
    { status: "open", count: 0, isMore: true },
    { status: "pending", count: 1, isMore: false },
  ]);
  await database.sql`update messaging.conversations set status = 'open'`;
});

test("listConversations() plans a rare word once, also with few open conversations", async () => {
  await database.sql`update messaging.conversations set status = 'resolved' where id <> ${ids[contacts - 700] ?? ""}`;
  await database.sql`analyze messaging.conversations`;
  const { sql, close } = openDatabase(database.url, { max: 1 });

  for (let turn = 0; turn < 10; turn += 1) {
    const page = await listConversations({ ...on, sql }, workspaceId, { me: workspaceId, search: "ref77" });
    expect(page.items).toHaveLength(1);
  }

  const plans = await sql<{ anew: number }[]>`
    select custom_plans::int4 as anew from pg_prepared_statements
    where statement like ${"%snoozed_until%"}`;
  expect(plans.map(({ anew }) => anew)).toEqual([5]);
  await close();
});
