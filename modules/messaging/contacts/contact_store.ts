import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { Db } from "#db";
import { contacts, conversations, pages } from "#db/messaging";
import { type Clock, decodeCursor, notFound, pageOf, parse, Problem, Uuid } from "#std";
import { windowOf } from "../policy_view.ts";
import { hasWords, readSearch, type WordSearch } from "../search_words.ts";
import { displayName, pictureUrlOf } from "./faces.ts";
import { contactFacts } from "./facts.ts";
import type { Contact, ContactsQuery } from "./schema.ts";

export interface ContactDeps {
  db: Db;
  clock: Clock;
}

const selectContacts = (db: Db) =>
  db
    .select({
      id: contacts.id,
      psid: contacts.psid,
      name: contacts.name,
      firstName: contacts.firstName,
      lastName: contacts.lastName,
      pictureKey: contacts.pictureKey,
      locale: contacts.locale,
      source: contacts.source,
      subscriptionReason: contacts.subscriptionReason,
      subscriptionAt: contacts.subscriptionAt,
      unreachableReason: contacts.unreachableReason,
      createdAt: contacts.createdAt,
      ...contactFacts,
      conversationId: conversations.id,
      page: { id: pages.id, name: pages.name, pictureUrl: pages.pictureUrl },
    })
    .from(contacts)
    .innerJoin(pages, eq(pages.id, contacts.pageId))
    .leftJoin(
      conversations,
      and(eq(conversations.workspaceId, contacts.workspaceId), eq(conversations.id, contacts.id)),
    )
    .$dynamic();

type ContactRow = Awaited<ReturnType<typeof selectContacts>>[number];

/** A page of contacts, the newest first; searched by the words of their names or by a whole PSID. */
export async function listContacts(
  on: ContactDeps,
  workspaceId: string,
  query: ContactsQuery,
): Promise<{ items: Contact[]; nextCursor: string | null }> {
  const limit = query.limit ?? 50;
  const after = decodeIdCursor(query.cursor);
  const words = readSearch(query.search);
  if (words === "nothing") return { items: [], nextCursor: null };
  const rows = await selectContacts(on.db)
    .where(
      and(
        eq(contacts.workspaceId, workspaceId),
        query.pageId === undefined ? undefined : eq(contacts.pageId, query.pageId),
        words === null ? undefined : matches(on.db, workspaceId, words),
        after === null ? undefined : lt(contacts.id, after),
      ),
    )
    // Ids are made of the time, so that this is the order of creation.
    .orderBy(desc(contacts.id))
    .limit(limit + 1);
  const page = pageOf(rows, limit, (row) => [row.id]);
  const now = new Date(on.clock());
  return { items: page.items.map((row) => view(workspaceId, row, now)), nextCursor: page.nextCursor };
}

/** One contact; 404 when this workspace has none with this id. */
export async function readContact(on: ContactDeps, workspaceId: string, id: string): Promise<Contact> {
  const [row] = await selectContacts(on.db).where(
    and(eq(contacts.workspaceId, workspaceId), eq(contacts.id, id)),
  );
  if (!row) throw notFound("contact");
  return view(workspaceId, row, new Date(on.clock()));
}

function matches(db: Db, workspaceId: string, words: WordSearch) {
  if (words.number === null) return hasWords(contacts.name, words);
  const own = db.select({ id: pages.id }).from(pages).where(eq(pages.workspaceId, workspaceId));
  return sql`(${contacts.pageId} in ${own} and ${contacts.psid} = ${words.number})`;
}

function decodeIdCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const [id] = decodeCursor(cursor, 1);
  const parsed = parse(Uuid, id);
  if (!parsed.ok)
    throw new Problem(
      "invalid-cursor",
      422,
      'Cannot read this "cursor": pass nextCursor of the previous page',
    );
  return parsed.value;
}

function view(workspaceId: string, row: ContactRow, now: Date): Contact {
  return {
    id: row.id,
    page: row.page,
    psid: row.psid,
    name: displayName(row),
    firstName: row.firstName,
    lastName: row.lastName,
    pictureUrl: pictureUrlOf(workspaceId, row),
    locale: row.locale,
    source: row.source,
    subscribed: row.subscribed,
    subscriptionReason: row.subscriptionReason,
    subscriptionAt: row.subscriptionAt?.toISOString() ?? null,
    unreachableReason: row.unreachableReason,
    blocked: row.blockedAt !== null,
    window: windowOf(row, now),
    lastInboundAt: row.lastInboundAt?.toISOString() ?? null,
    conversationId: row.conversationId,
    createdAt: row.createdAt.toISOString(),
  };
}
