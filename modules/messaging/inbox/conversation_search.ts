import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Db, Tx } from "#db";
import { contacts, conversations, messages, pages } from "#db/messaging";
import { hasWords, readsWords, type WordSearch } from "../search_words.ts";
import { micros, type TimeKey } from "../time_key.ts";
import {
  type ConversationFilter,
  type ConversationRow,
  filteredKeys,
  readFilteredRows,
  readRowsById,
  type Slice,
} from "./conversation_rows.ts";

/** How many of the newest conversations are looked through before the indexes are asked. */
const firstWalk = 200;
/** How many more, when the first ones show that the words are frequent enough to fill the page from so many. */
const longestWalk = 1_500;

export interface ConversationSearch extends ConversationFilter {
  words: WordSearch;
}

/**
 * Conversations whose person's name, or one of whose messages, has all the words; newest first.
 *
 * Frequent words are found by looking through the newest conversations, because an index on text would first
 * collect every message ever that has them. What is too rare to fill a page there is asked of the index, which is
 * quick exactly for what is rare.
 */
export async function searchConversationRows(
  db: Db | Tx,
  workspaceId: string,
  search: ConversationSearch,
  slice: Slice,
): Promise<ConversationRow[]> {
  const near = await walk(db, workspaceId, search, { ...slice, depth: firstWalk });
  let { ids } = near;
  let isAll = near.end === null;
  const missing = slice.limit - ids.length;
  const needed = Math.ceil((1.3 * firstWalk * missing) / Math.max(ids.length, 1));
  if (near.end !== null && missing > 0 && needed <= longestWalk) {
    const far = await walk(db, workspaceId, search, { after: near.end, limit: missing, depth: needed });
    ids = [...ids, ...far.ids];
    isAll = far.end === null;
  }
  if (ids.length >= slice.limit || isAll) return await readRowsById(db, workspaceId, ids);
  const also = sql`${conversations.id} = any (array(${everywhere(db, workspaceId, search.words)}))`;
  return await readFilteredRows(db, workspaceId, search, { ...slice, also });
}

/** Looks through the next `depth` conversations of the list. `end` is where it stopped; null: there are no more. */
async function walk(
  db: Db | Tx,
  workspaceId: string,
  { words, ...filter }: ConversationSearch,
  { after, limit, depth }: Slice & { depth: number },
): Promise<{ ids: string[]; end: TimeKey | null }> {
  const next = filteredKeys(db, workspaceId, filter, { after, limit: depth });
  const said = db
    .select({ one: sql`1` })
    .from(messages)
    .where(and(sql`${messages.conversationId} = next.id`, readsWords(messages.text, words)));
  // The order of "next" holds through the join, so that this ends at the last row of a full page.
  const found = await db.execute<{ id: string }>(sql`
    select next.id from (${next}) as next
    join ${contacts} on ${contacts.workspaceId} = ${workspaceId} and ${contacts.id} = next.id
    where ${readsWords(contacts.name, words)} or exists ${said}
    order by next.last_message_at desc, next.id desc limit ${limit}`);
  const ids = found.map((row) => row.id);
  if (ids.length >= limit) return { ids, end: null };
  const [end] = await db.execute<{ id: string; at: number }>(sql`
    select next.id, ${micros(sql`next.last_message_at`)} as at from (${next}) as next offset ${depth - 1}`);
  return { ids, end: end ? { id: end.id, at: end.at } : null };
}

/** Ids of all conversations that match, by the indexes on names, PSIDs and text. */
function everywhere(db: Db | Tx, workspaceId: string, words: WordSearch): SQL {
  const named = db
    .select({ id: contacts.id })
    .from(contacts)
    .where(and(eq(contacts.workspaceId, workspaceId), hasWords(contacts.name, words)));
  const said = db
    .select({ id: messages.conversationId })
    .from(messages)
    .where(and(eq(messages.workspaceId, workspaceId), hasWords(messages.text, words)));
  const parts = [named, said, ...withPsid(db, workspaceId, words)];
  return sql.join(
    parts.map((part) => sql`${part}`),
    sql` union all `,
  );
}

/** A search for one number may be for a PSID, whole. */
function withPsid(db: Db | Tx, workspaceId: string, { number }: WordSearch) {
  if (number === null) return [];
  const own = db.select({ id: pages.id }).from(pages).where(eq(pages.workspaceId, workspaceId));
  return [
    db
      .select({ id: contacts.id })
      .from(contacts)
      .where(and(sql`${contacts.pageId} in ${own}`, eq(contacts.psid, number))),
  ];
}
