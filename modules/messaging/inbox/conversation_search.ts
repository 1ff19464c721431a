import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Db, Tx } from "#db";
import { contacts, conversations, messages, pages } from "#db/messaging";
import { hasWords } from "../search_words.ts";
import {
  type ConversationFilter,
  type ConversationRow,
  filteredIds,
  readConversationRows,
  type Slice,
} from "./conversation_rows.ts";

/** How many of the newest conversations are looked through before the indexes are asked. */
const walkLimit = 300;

export interface ConversationSearch extends ConversationFilter {
  words: readonly string[];
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
  { words, ...filter }: ConversationSearch,
  slice: Slice,
): Promise<ConversationRow[]> {
  const near = await searchNewest(db, workspaceId, { words, ...filter }, slice);
  if (near.ids.length >= slice.limit || near.walked < walkLimit)
    return await readConversationRows(db, workspaceId, near.ids, slice.limit);
  const also = sql`${conversations.id} in (${everywhere(db, workspaceId, words)})`;
  const ids = filteredIds(db, workspaceId, filter, { ...slice, also });
  return await readConversationRows(db, workspaceId, ids, slice.limit);
}

async function searchNewest(
  db: Db | Tx,
  workspaceId: string,
  { words, ...filter }: ConversationSearch,
  slice: Slice,
): Promise<{ walked: number; ids: string[] }> {
  const order = sql`order by ${conversations.lastMessageAt} desc, ${conversations.id} desc`;
  const said = db
    .select({ one: sql`1` })
    .from(messages)
    .where(and(eq(messages.conversationId, conversations.id), hasWords(messages.text, words)));
  const [row] = await db.execute<{ walked: number; ids: string[] }>(sql`
    with newest as materialized (
      select ${conversations.id} from ${conversations}
      where ${conversations.workspaceId} = ${workspaceId}
        and ${conversations.id} in (${filteredIds(db, workspaceId, filter, { ...slice, limit: walkLimit })})
      ${order} limit ${walkLimit}
    ), found as (
      select ${conversations.id} from newest
      join ${conversations} on ${conversations.workspaceId} = ${workspaceId} and ${conversations.id} = newest.id
      join ${contacts} on ${contacts.workspaceId} = ${workspaceId} and ${contacts.id} = newest.id
      where (${hasWords(contacts.name, words)}) or exists ${said}
      ${order} limit ${slice.limit}
    )
    select (select count(*)::int4 from newest) as walked, coalesce((select json_agg(id) from found), '[]') as ids`);
  return row ?? { walked: 0, ids: [] };
}

/** Ids of all conversations that match, by the indexes on names, PSIDs and text. */
function everywhere(db: Db | Tx, workspaceId: string, words: readonly string[]): SQL {
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
function withPsid(db: Db | Tx, workspaceId: string, [word = "", ...others]: readonly string[]) {
  if (others.length > 0 || !/^\d{5,}$/.test(word)) return [];
  const own = db.select({ id: pages.id }).from(pages).where(eq(pages.workspaceId, workspaceId));
  return [
    db
      .select({ id: contacts.id })
      .from(contacts)
      .where(and(sql`${contacts.pageId} in ${own}`, eq(contacts.psid, word))),
  ];
}
