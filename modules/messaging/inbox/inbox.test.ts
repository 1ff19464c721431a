import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createMember, createWorkspace, ensureOwner, readUserByEmail } from "#auth";
import { JobDelayed } from "#db";
import { createLocalLiveBus, Problem, systemClock } from "#std";
import { createTestDatabase, type TestDatabase } from "../../../db/testing.ts";
import { listContacts, readContact } from "../contacts/contact_store.ts";
import { workspaceChannel } from "../deps.ts";
import type { LiveEvent } from "../live_event.ts";
import { countUnread, listNotifications } from "../notifications/notification_store.ts";
import { changeConversations, markRead, markUnread } from "./conversation_change.ts";
import { countConversations } from "./conversation_counts.ts";
import { listConversations, readConversation } from "./conversations.ts";
import { addNote } from "./note_store.ts";
import { listContactEvents, listMessages, readMessage, readTimeline } from "./timeline.ts";
import { deleteView, listViews, saveView } from "./view_store.ts";
import { wakeJobHandler } from "./wake.ts";

const nobody = "019abf6e-4d2f-7c11-9d0e-5b6f4f1f2a10";
const live = createLocalLiveBus<LiveEvent>();
let database: TestDatabase;
let on: Pick<TestDatabase, "sql"> & {
  clock: () => number;
  live: typeof live;
  graph: { appId: string };
};
let owner: string;
let operator: string;
let stranger: string;
let ours: string;
let theirs: string;
let page: string;
let theirConversation: string;

beforeAll(async () => {
  database = await createTestDatabase();
  on = { sql: database.sql, clock: systemClock, live, graph: { appId: "1" } };
  const password = "Korrekt-Pferd-7";
  await ensureOwner(on, { email: "owner@example.com", password, name: "Olga" });
  owner = (await readUserByEmail(on.sql, "owner@example.com"))?.id ?? "";
  ours = (await createWorkspace(on, { name: "Ours", ownerId: owner })).id;
  theirs = (await createWorkspace(on, { name: "Theirs", ownerId: owner })).id;
  const member = { email: "op@example.com", name: "Otto", role: "operator", password } as const;
  operator = (await createMember(on, { ...member, workspaceId: ours })).id;
  stranger = (
    await createMember(on, { ...member, email: "x@example.com", name: "Xenia", workspaceId: theirs })
  ).id;
  page = await addPage(ours, "1001");
  theirConversation = await addConversation({
    workspaceId: theirs,
    pageId: await addPage(theirs, "2002"),
    psid: "900001",
  });
  await addMessage({ workspaceId: theirs, conversationId: theirConversation, text: "secret of theirs" });
});
afterAll(() => database.close());
beforeEach(() => database.sql`delete from messaging.contacts where workspace_id = ${ours}`);

let counter = 0;

async function addPage(workspaceId: string, facebookId: string): Promise<string> {
  const [row] = await database.sql`
    insert into messaging.pages (workspace_id, facebook_id, name, status, token_sealed)
    values (${workspaceId}, ${facebookId}, 'Bakery', 'connected', 'sealed') returning id`;
  return row?.id;
}

interface Timeline {
  workspaceId?: string;
  pageId?: string;
  psid?: string;
  name?: string | null;
  status?: string;
  lastMessageAt?: string;
  unread?: number;
}

async function addConversation({
  workspaceId = ours,
  pageId = page,
  psid = String(500_000 + (counter += 1)),
  name = "Ada Lovelace",
  status = "open",
  lastMessageAt = "2026-11-24T10:00:00Z",
  unread = 0,
}: Timeline = {}): Promise<string> {
  const [row] = await database.sql`
    with person as (
      insert into messaging.contacts (workspace_id, page_id, psid, name, last_inbound_at)
      values (${workspaceId}, ${pageId}, ${psid}, ${name}, now()) returning id)
    insert into messaging.conversations (id, workspace_id, page_id, status, last_message_at, preview_direction, unread_count)
    select id, ${workspaceId}, ${pageId}, ${status}, ${lastMessageAt}::timestamptz, 'in', ${unread} from person returning id`;
  return row?.id;
}

interface Said {
  workspaceId?: string;
  conversationId: string;
  text?: string;
  at?: string;
  direction?: "in" | "out";
  by?: string | null;
}

async function addMessage({
  workspaceId = ours,
  conversationId,
  text = "hello",
  at = "2026-11-24T10:00:00Z",
  direction = "in",
  by = null,
}: Said): Promise<string> {
  const author = direction === "in" ? "contact" : by === null ? "external" : "user";
  const [row] = await database.sql`
    insert into messaging.messages (workspace_id, conversation_id, page_id, mid, direction, author_kind, author_user_id, text, sent_at)
    select workspace_id, id, page_id, ${`m_${(counter += 1)}`}, ${direction}, ${author}, ${by}, ${text}, ${at}::timestamptz
    from messaging.conversations where workspace_id = ${workspaceId} and id = ${conversationId} returning id`;
  return row?.id;
}

async function slugOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (failure: unknown) => failure,
  );
  return error instanceof Problem ? `${error.status} ${error.code}` : String(error);
}

const at = (seconds: number) => new Date(Date.parse("2026-11-24T10:00:00Z") + seconds * 1000).toISOString();

test("store functions throw 404 for ids of another workspace and change nothing there", async () => {
  const id = theirConversation;
  const [theirMessage] = await database.sql`select id from messaging.messages where workspace_id = ${theirs}`;
  const own = await addConversation();
  const asked: Record<string, Promise<string>> = {
    readConversation: slugOf(readConversation(on, ours, id)),
    markRead: slugOf(markRead(on.sql, ours, id)),
    markUnread: slugOf(markUnread(on.sql, ours, id)),
    listMessages: slugOf(listMessages(on, ours, { conversationId: id })),
    readTimeline: slugOf(readTimeline(on, ours, { conversationId: id })),
    readMessage: slugOf(readMessage(on, ours, { conversationId: id, messageId: theirMessage?.id })),
    readMessageOfOtherParent: slugOf(
      readMessage(on, ours, { conversationId: own, messageId: theirMessage?.id }),
    ),
    addNote: slugOf(addNote(on, ours, { conversationId: id, authorId: owner, text: "note" })),
    readContact: slugOf(readContact(on, ours, { id })),
    listContactEvents: slugOf(listContactEvents(on, ours, { contactId: id })),
    unknown: slugOf(readConversation(on, ours, nobody)),
  };

  for (const [name, work] of Object.entries(asked)) expect(await work, name).toBe("404 not-found");
  const resolved = { change: { status: "resolved" }, by: owner } as const;
  expect(await changeConversations(on, ours, { ids: [id], ...resolved })).toEqual({ ids: [], notified: [] });
  const notes = await database.sql`select 1 from messaging.notes where conversation_id = ${id}`;
  expect(notes).toHaveLength(0);
  expect((await readConversation(on, theirs, id)).status).toBe("open");
  const lists = await Promise.all([
    listConversations(on, ours, { me: owner, status: "all" }),
    listConversations(on, ours, { me: owner, search: "secret" }),
    listContacts(on, ours, { search: "900001" }),
  ]);
  expect(lists.flatMap((list) => list.items.map((item) => item.id))).toEqual([own]);
});

test("listConversations() returns each row once, newest first, with equal times and new rows during paging", async () => {
  const expected = new Set<string>();
  // Three rows share each time, down to the microsecond.
  for (let n = 0; n < 24; n += 1)
    expected.add(
      await addConversation({ lastMessageAt: `2026-11-24T10:00:00.${String(100_000 + Math.floor(n / 3))}Z` }),
    );

  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const list = await listConversations(on, ours, { me: owner, limit: 5, ...(cursor ? { cursor } : {}) });
    seen.push(...list.items.map((item) => item.id));
    cursor = list.nextCursor ?? undefined;
    await addConversation({ lastMessageAt: at(3_600 + seen.length) });
  } while (cursor);

  expect(seen).toHaveLength(24);
  expect(new Set(seen)).toEqual(expected);
});

test("listConversations() filters by status, assignee, page and unread, and merges all statuses in one order", async () => {
  const other = await addPage(ours, "1002");
  const mine = await addConversation({ lastMessageAt: at(1) });
  const resolved = await addConversation({ status: "resolved", lastMessageAt: at(2) });
  const unread = await addConversation({ pageId: other, unread: 2, lastMessageAt: at(3) });
  await changeConversations(on, ours, { ids: [mine], change: { assigneeId: operator }, by: owner });
  const ids = async (query: Parameters<typeof listConversations>[2]) =>
    (await listConversations(on, ours, query)).items.map((item) => item.id);

  expect(await ids({ me: operator })).toEqual([unread, mine]);
  expect(await ids({ me: operator, status: "all" })).toEqual([unread, resolved, mine]);
  expect(await ids({ me: operator, assignee: "me" })).toEqual([mine]);
  expect(await ids({ me: operator, assignee: "none", status: "all" })).toEqual([unread, resolved]);
  expect(await ids({ me: owner, assignee: operator })).toEqual([mine]);
  expect(await ids({ me: owner, pageId: other })).toEqual([unread]);
  expect(await ids({ me: owner, unread: "true" })).toEqual([unread]);
  expect(await countConversations(on.sql, ours, { status: "open", userId: operator })).toEqual({
    mine: 1,
    unassigned: 1,
    all: 2,
    unread: 1,
  });
  expect(await slugOf(listConversations(on, ours, { me: owner, cursor: "bm9uc2Vuc2U" }))).toBe(
    "422 invalid-cursor",
  );
});

test("listConversations() also pages from the oldest, each once, and refuses that for a search", async () => {
  const expected: string[] = [];
  for (let n = 0; n < 7; n += 1)
    expected.push(
      await addConversation({ lastMessageAt: at(Math.floor(n / 2)), status: n % 2 ? "open" : "pending" }),
    );
  const oldest = { me: owner, sort: "oldest", status: "all", limit: 3 } as const;

  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const list = await listConversations(on, ours, { ...oldest, ...(cursor ? { cursor } : {}) });
    seen.push(...list.items.map((item) => item.id));
    cursor = list.nextCursor ?? undefined;
  } while (cursor);

  expect(new Set(seen)).toEqual(new Set(expected));
  expect(seen).toHaveLength(7);
  const times = (await Promise.all(seen.map((id) => readConversation(on, ours, id)))).map(
    (c) => c.lastMessageAt,
  );
  expect(times).toEqual(times.toSorted());
  const unassigned = await listConversations(on, ours, { ...oldest, assignee: "none", limit: 1 });
  expect(unassigned.items.map((item) => item.id)).toEqual(seen.slice(0, 1));
  expect(await slugOf(listConversations(on, ours, { ...oldest, search: "Ada" }))).toBe("422 search-order");
});

test("listConversations() returns tags in the order they were added and filters by one, also in a search", async () => {
  const labelled = await addConversation({ name: "Grace Hopper" });
  await addConversation({ name: "Grace Slick" });
  const tags = await database.sql<{ id: string }[]>`insert into messaging.tags (workspace_id, name, colour)
    values (${ours}, 'Later', 'blue'), (${ours}, 'Early', 'rose') returning id`;
  const [later = "", early = ""] = tags.map(({ id }) => id);
  await database.sql`insert into messaging.contact_tags (workspace_id, page_id, contact_id, tag_id, tagged_at)
    values (${ours}, ${page}, ${labelled}, ${later}, now()),
           (${ours}, ${page}, ${labelled}, ${early}, now() - interval '1 hour')`;

  const all = await listConversations(on, ours, { me: owner });
  const narrowed = await listConversations(on, ours, { me: owner, tagId: early });
  const searched = await listConversations(on, ours, { me: owner, tagId: early, search: "grace" });

  expect(all.items.map((item) => item.tagIds).toSorted()).toEqual([[], [early, later]]);
  expect(narrowed.items.map((item) => item.id)).toEqual([labelled]);
  expect(searched.items.map((item) => item.id)).toEqual([labelled]);
  await database.sql`delete from messaging.tags where workspace_id = ${ours}`;
});

test("changeConversations() changes many at once, each with its event, and none if the change is refused", async () => {
  const ids = [
    await addConversation(),
    await addConversation({ status: "resolved" }),
    await addConversation(),
  ];
  const until = new Date(Date.now() + 3_600_000).toISOString();

  const { ids: changed } = await changeConversations(on, ours, {
    ids: [...ids, theirConversation],
    change: { status: "resolved" },
    by: owner,
  });
  const refused = await slugOf(
    changeConversations(on, ours, { ids, change: { status: "open", assigneeId: stranger }, by: owner }),
  );
  const lines = await Promise.all(ids.map((id) => listContactEvents(on, ours, { contactId: id })));
  await changeConversations(on, ours, { ids, change: { status: "snoozed", snoozedUntil: until }, by: owner });

  expect(changed.toSorted()).toEqual(ids.toSorted());
  expect(refused).toBe("422 assignee-not-member");
  expect(lines.map(({ items }) => items.length)).toEqual([1, 0, 1]);
  const wakes =
    await database.sql`select key from jobs.jobs where kind = 'conversation.wake' and key = any(${ids})`;
  expect(wakes).toHaveLength(3);
});

test("a mentioned member and a new assignee are notified, with author and contact", async () => {
  const id = await addConversation();
  const text = `@Otto ${"and so on ".repeat(19)}ok 👍 and so on`;

  const noted = await addNote(on, ours, {
    conversationId: id,
    authorId: owner,
    text,
    mentions: [operator, owner, stranger],
  });
  const given = await changeConversations(on, ours, {
    ids: [id],
    change: { assigneeId: operator },
    by: owner,
  });
  const kept = await changeConversations(on, ours, {
    ids: [id],
    change: { assigneeId: operator },
    by: owner,
  });
  await changeConversations(on, ours, { ids: [id], change: { assigneeId: null }, by: owner });
  const own = await changeConversations(on, ours, {
    ids: [id],
    change: { assigneeId: operator },
    by: operator,
  });

  expect([noted.notified, given.notified, kept.notified, own.notified]).toEqual([
    [operator],
    [operator],
    [],
    [],
  ]);
  const reader = { workspaceId: ours, userId: operator };
  const { items } = await listNotifications(on, reader, {});
  const about = { campaign: null, conversation: { id, name: "Ada Lovelace" }, by: "Olga", isRead: false };
  expect(items).toMatchObject([
    { ...about, kind: "assigned", detail: null },
    { ...about, kind: "mention", detail: `@Otto ${"and so on ".repeat(19)}ok 👍…` },
  ]);
  await database.sql`delete from messaging.contacts where id = ${id}`;
  expect(await countUnread(on, reader)).toBe(0);
});

test("an assignee of several conversations at once gets one notification with their number", async () => {
  const ids = await Promise.all([addConversation(), addConversation(), addConversation()]);
  await changeConversations(on, ours, { ids: ids.slice(2), change: { assigneeId: operator }, by: operator });

  const given = await changeConversations(on, ours, { ids, change: { assigneeId: operator }, by: owner });

  expect(given.notified).toEqual([operator]);
  const { items } = await listNotifications(on, { workspaceId: ours, userId: operator }, { limit: 2 });
  const notified = items.filter(({ conversation }) => conversation !== null && ids.includes(conversation.id));
  // They had the third one already.
  expect(notified).toMatchObject([{ kind: "assigned", conversation: { others: 1 }, by: "Olga" }]);
});

test("a note is the preview in the list until the next message", async () => {
  const id = await addConversation();

  await addNote(on, ours, { conversationId: id, authorId: owner, text: "Call back at five" });

  expect((await readConversation(on, ours, id)).preview).toEqual({
    text: "Call back at five",
    direction: "note",
    isFailed: false,
  });
});

test("changeConversations() keeps concurrent changes of two people, with one event each in the timeline", async () => {
  const id = await addConversation();

  await Promise.all([
    changeConversations(on, ours, { ids: [id], change: { status: "resolved" }, by: owner }),
    changeConversations(on, ours, { ids: [id], change: { assigneeId: operator }, by: operator }),
  ]);
  await changeConversations(on, ours, {
    ids: [id],
    change: { status: "resolved", assigneeId: operator },
    by: owner,
  });

  const conversation = await readConversation(on, ours, id);
  expect(conversation).toMatchObject({ status: "resolved", assignee: { id: operator, name: "Otto" } });
  const { items } = await readTimeline(on, ours, { conversationId: id });
  const lines = items.flatMap((item) => (item.type === "event" ? [item.event.text] : []));
  expect(lines.toSorted()).toEqual(["Olga resolved the conversation", "Otto took the conversation"]);
});

test("changeConversations() refuses an assignee who is not a member, and a snooze without a future time", async () => {
  const id = await addConversation();
  const change = (change: Parameters<typeof changeConversations>[2]["change"]) =>
    slugOf(changeConversations(on, ours, { ids: [id], change, by: owner }));

  expect(await change({ assigneeId: stranger })).toBe("422 assignee-not-member");
  expect(await change({ assigneeId: nobody, status: "resolved" })).toBe("422 assignee-not-member");
  expect(await change({ status: "snoozed" })).toBe("422 snooze-time");
  expect(await change({ status: "snoozed", snoozedUntil: at(-9e6) })).toBe("422 snooze-out-of-range");
  expect(await change({ snoozedUntil: null })).toBe("422 nothing-to-change");
  expect((await readConversation(on, ours, id)).status).toBe("open");
});

test("a snoozed conversation opens at its time, and one snoozed again waits", async () => {
  const id = await addConversation();
  const payload = { workspaceId: ours, conversationId: id };
  const { run } = wakeJobHandler(on);
  const events: string[] = [];
  const stop = live.subscribe(workspaceChannel(ours), ({ name }) => events.push(name));
  const until = new Date(Date.now() + 3_600_000).toISOString();
  await changeConversations(on, ours, {
    ids: [id],
    change: { status: "snoozed", snoozedUntil: until },
    by: owner,
  });
  const said = await readTimeline(on, ours, { conversationId: id });
  expect(JSON.stringify(said.items[0])).toContain(
    `snoozed the conversation until ${new Date(until).toISOString()}`,
  );
  const [job] =
    await database.sql`select (extract(epoch from run_at) * 1000)::float8 as due from jobs.jobs where kind = 'conversation.wake' and key = ${id}`;

  await expect(run(payload, id)).rejects.toBeInstanceOf(JobDelayed);
  await database.sql`update messaging.conversations set snoozed_until = now() - interval '1 second' where id = ${id}`;
  await run(payload, id);
  await run(payload, id);
  stop();

  expect(Math.abs(job?.due - Date.parse(until))).toBeLessThan(2_000);
  expect(await readConversation(on, ours, id)).toMatchObject({ status: "open", snoozedUntil: null });
  expect(events).toEqual(["conversation"]);
  const { items } = await listContactEvents(on, ours, { contactId: id });
  expect(items[0]?.text).toBe("Back from snooze");
});

test("readTimeline() merges messages, notes and events newest first, each once over pages of two", async () => {
  const id = await addConversation();
  const expected: string[] = [];
  for (let n = 0; n < 4; n += 1) {
    expected.push(await addMessage({ conversationId: id, text: `m${n}`, at: at(n * 3) }));
    const [note] = await database.sql`
      insert into messaging.notes (workspace_id, conversation_id, page_id, author_id, text, created_at)
      values (${ours}, ${id}, ${page}, ${operator}, 'note', ${at(n * 3 + 1)}) returning id`;
    const [event] = await database.sql`
      insert into messaging.events (workspace_id, conversation_id, page_id, key, kind, data, at)
      values (${ours}, ${id}, ${page}, ${`e${n}`}, 'referral', ${'{"source":"ADS","ref":"spring"}'}::jsonb,
        ${at(n * 3 + 2)}) returning id`;
    expected.push(note?.id, event?.id);
  }

  const seen: string[] = [];
  const texts: string[] = [];
  let cursor: string | undefined;
  do {
    const list = await readTimeline(on, ours, {
      conversationId: id,
      limit: 2,
      ...(cursor ? { cursor } : {}),
    });
    for (const item of list.items) {
      if (item.type === "message") seen.push(item.message.id);
      else if (item.type === "note") seen.push(item.note.id);
      else {
        seen.push(item.event.id);
        texts.push(item.event.text);
      }
    }
    cursor = list.nextCursor ?? undefined;
  } while (cursor);

  expect(seen).toEqual(expected.toReversed());
  expect(new Set(texts)).toEqual(new Set(["Ada Lovelace came back through an ad (spring)"]));
});

test("messages derive their status from watermarks and the ledger, with reactions, attachments and authors", async () => {
  const id = await addConversation({ name: null, psid: "700012345" });
  await addMessage({ conversationId: id, text: "hi", at: at(0) });
  const read = await addMessage({ conversationId: id, direction: "out", at: at(10), by: operator });
  await addMessage({ conversationId: id, direction: "out", at: at(20) });
  await addMessage({ conversationId: id, direction: "out", at: at(30) });
  const failed = await addMessage({ conversationId: id, direction: "out", at: at(5), by: operator });
  await database.sql`update messaging.conversations set read_until = ${at(10)}, delivered_until = ${at(20)} where id = ${id}`;
  await database.sql`
    with content as (insert into messaging.contents (workspace_id, message) values (${ours}, '{}') returning id)
    insert into messaging.deliveries (workspace_id, page_id, contact_id, psid, class, content_id, message_id, state, reason)
    select ${ours}, ${page}, ${id}, '700012345', 'reply', content.id, ${failed}, 'skipped', 'window-closed' from content`;
  await database.sql`
    insert into messaging.reactions (workspace_id, page_id, mid, actor, emoji, at)
    select workspace_id, page_id, mid, unnest(array['contact', 'page']), unnest(array['❤️', null]), now()
    from messaging.messages where id = ${read}`;
  await database.sql`
    insert into messaging.attachments (workspace_id, message_id, position, type, source_url, file_state, file_key)
    values (${ours}, ${read}, 0, 'image', 'https://cdn.example/x', 'stored', 'k'),
      (${ours}, ${read}, 1, 'fallback', 'javascript:alert(1)', 'none', null),
      (${ours}, ${read}, 2, 'reel', '/reel/1/', 'none', null)`;

  const { items } = await listMessages(on, ours, { conversationId: id });

  expect(items.map((item) => [item.status, item.author.name])).toEqual([
    ["sent", "Facebook inbox"],
    ["delivered", "Facebook inbox"],
    ["read", "Otto"],
    ["failed", "Otto"],
    ["received", "Messenger user ·2345"],
  ]);
  expect(items[3]?.error).toMatchObject({ code: "window-closed" });
  expect(items[2]?.reactions).toEqual([{ actor: "contact", emoji: "❤️" }]);
  expect(items[2]?.attachments.map((item) => item.url)).toEqual([
    expect.stringMatching(/^\/api\/v1\/workspaces\/.*\/attachments\/.*\/file$/),
    null,
    "https://www.facebook.com/reel/1/",
  ]);
});

test("listConversations() finds words of names and messages, rare, frequent, short and special, in list order", async () => {
  const conversations: string[] = [];
  // More than are looked through first, so that what only old ones say comes from the index.
  for (let n = 0; n < 320; n += 1) {
    const id = await addConversation({
      name: n === 7 ? "Grace Hopper" : `Person ${n}`,
      lastMessageAt: at(n),
    });
    await addMessage({
      conversationId: id,
      text:
        n === 3
          ? "the Périodique_table 100% is ok.thanks"
          : `order number ${n}${n < 300 ? "" : ": Đơn hàng red/blue"}`,
    });
    conversations.push(id);
  }
  const search = async (text: string, limit = 50) =>
    (await listConversations(on, ours, { me: owner, search: text, limit })).items.map((item) => item.id);

  expect(await search("order", 3)).toEqual(conversations.slice(-3).toReversed());
  expect(await search("GRACE hop")).toEqual([conversations[7]]);
  expect(await search("périodique")).toEqual([conversations[3]]);
  expect(await search("table ok")).toEqual([conversations[3]]);
  expect(await search("ok")).toEqual([conversations[3]]);
  expect(await search("100%")).toEqual([conversations[100], conversations[3]]);
  expect(await search("table%ok")).toEqual([]);
  expect(await search("r_o")).toEqual([]);
  expect(await search("periodique THANKS")).toEqual([conversations[3]]);
  // Frequent, so that it is found by looking through the newest conversations; then by the index, which has all.
  expect(await search("don hang blue", 3)).toEqual(conversations.slice(-3).toReversed());
  expect(await search("đơn red/blu")).toEqual(conversations.slice(300).toReversed());
  expect(await search("blue/red")).toEqual([]);
  expect(await search("!!!")).toEqual([]);
  expect((await search(" ")).length).toBe(50);
  expect((await listContacts(on, ours, { search: "hopper" })).items.map((item) => item.id)).toEqual([
    conversations[7],
  ]);
  const first = await listConversations(on, ours, { me: owner, search: "order", limit: 100 });
  const rest = await listConversations(on, ours, {
    me: owner,
    search: "order",
    limit: 100,
    cursor: first.nextCursor ?? "",
  });
  expect([...first.items, ...rest.items].map((item) => item.id)).toEqual(
    conversations.toReversed().slice(0, 200),
  );
});

test("listConversations() finds a whole PSID in a short list and in a long one", async () => {
  const wanted = await addConversation({ psid: "7000123456" });
  const search = async (text: string) =>
    (await listConversations(on, ours, { me: owner, search: text })).items.map((item) => item.id);

  expect(await search("7000123456")).toEqual([wanted]);
  expect(await search("700012345")).toEqual([]);
  for (let n = 0; n < 110; n += 1) await addConversation({ lastMessageAt: at(n) });
  expect(await search("7000123456")).toEqual([wanted]);
  expect((await listContacts(on, ours, { search: "7000123456" })).items.map((item) => item.id)).toEqual([
    wanted,
  ]);
});

test("markRead() sets unread to 0 once and adds one job for Meta's seen mark", async () => {
  const id = await addConversation({ unread: 3 });

  await markRead(on.sql, ours, id);
  await markRead(on.sql, ours, id);
  const read = await readConversation(on, ours, id);
  const jobs =
    await database.sql`select asked from jobs.jobs where kind = 'conversation.seen' and key = ${id}`;
  await markUnread(on.sql, ours, id);

  expect(read.unreadCount).toBe(0);
  expect(jobs.map((job) => job.asked)).toEqual([1]);
  expect((await readConversation(on, ours, id)).unreadCount).toBe(1);
});

test("a saved view is private; the same name replaces it, and the limit is 30", async () => {
  const filter = { ...everything, tab: "mine", search: "Ada" } as const;
  const [mine, others] = [owner, operator].map((userId) => ({ workspaceId: ours, userId }));
  if (!mine || !others) throw new Error("Nobody is there");

  await saveView(on, mine, { name: "Ada", filter: everything });
  const { id } = await saveView(on, mine, { name: " ADA ", filter });

  expect(await listViews(on, mine)).toEqual([{ id, name: "ADA", filter }]);
  expect(await listViews(on, others)).toEqual([]);
  expect(await listViews(on, { workspaceId: theirs, userId: owner })).toEqual([]);
  expect(await slugOf(deleteView(on, others, id))).toBe("404 not-found");
  const saved = await Promise.allSettled(
    Array.from({ length: 40 }, (_, n) => saveView(on, mine, { name: `View ${n}`, filter })),
  );
  expect(saved.filter(({ status }) => status === "fulfilled")).toHaveLength(29);
  expect(await slugOf(saveView(on, mine, { name: "One more", filter }))).toBe("409 too-many-views");
  expect((await saveView(on, mine, { name: "Ada", filter: everything })).id).toBe(id);
  await deleteView(on, mine, id);
  expect(await listViews(on, mine)).toHaveLength(29);
});

const everything = {
  tab: "all",
  status: "open",
  search: "",
  pageId: null,
  tagId: null,
  unreadOnly: false,
  sort: "newest",
} as const;
