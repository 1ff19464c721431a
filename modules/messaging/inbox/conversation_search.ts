import type { Fragment, Sql } from "postgres";
import { messagesByIndex, namesByIndex } from "../search_ways.ts";
import { hasWords, othersRead, readsWords, type WordSearch } from "../search_words.ts";
import { limitOf, microsOf, notOlderThan, olderThan, type TimeKey } from "../time_key.ts";
import { wordCount } from "../word_sample.ts";
import {
  conditionsOf,
  type ConversationFilter,
  type ConversationRow,
  keysOf,
  readRows,
  type Slice,
} from "./conversation_rows.ts";
import { statuses } from "./schema.ts";

/**
 * How many conversations one page looks through: for names alone many more than for messages, of which each has
 * several.
 */
const looked = { names: 256, messages: 64 };

export interface ConversationSearch extends ConversationFilter {
  words: WordSearch;
}

export interface FoundRows {
  rows: ConversationRow[];
  /** How far the list was looked through; null when nothing that is older can match. */
  until: TimeKey | null;
}

/**
 * Conversations whose person's name, or one of whose messages, has all the words; newest first.
 *
 * Rare words are asked of the index, which finds all there is. Frequent words are found by looking through the newest
 * conversations, because the index would first collect every message ever that has them. A page looks through a
 * bounded number: it may hold few rows or none although the list goes on.
 */
export async function searchConversationRows(
  sql: Sql,
  workspaceId: string,
  search: ConversationSearch,
  slice: Slice,
): Promise<FoundRows> {
  const [names, messages] = await Promise.all([wordCount(sql, "names"), wordCount(sql, "messages")]);
  const ways = {
    named: namesByIndex(search.words, names),
    said: messagesByIndex(search.words, messages),
  };
  const most = ways.said.length === 0 ? looked.messages : ways.named.length === 0 ? looked.names : null;
  const until = most === null ? null : await lastOf(sql, workspaceId, search, { ...slice, limit: most });
  const keys = keysBy(sql, workspaceId, search, { ...slice, until, ...ways });
  return { rows: await readRows(sql, keys, workspaceId), until };
}

/** The words by which each index is asked; without any, the list is looked through. */
interface Ways {
  named: string[];
  said: string[];
}

/** The last conversation of the slice, when more may follow it. */
async function lastOf(
  sql: Sql,
  workspaceId: string,
  filter: ConversationFilter,
  slice: Slice,
): Promise<TimeKey | null> {
  const [last] = await sql<{ id: string; at: string }[]>`
    select id, last_message_at as at from (${keysOf(sql, workspaceId, filter, slice)}) as next
    offset ${limitOf(sql, slice.limit - 1)}`;
  return last ? { at: microsOf(last.at), id: last.id } : null;
}

/** The name of contact `p` has all the words, or its PSID is the only one. */
function isNamed(sql: Sql, words: WordSearch): Fragment {
  const hasPsid = words.number === null ? sql`` : sql`or p.psid = ${words.number}`;
  return sql`(${readsWords(sql, "p.name", words)} ${hasPsid})`;
}

/** A message of the conversation `next` has all the words. */
function isSaid(sql: Sql, words: WordSearch): Fragment {
  return sql`exists (select from messaging.messages m
    where m.conversation_id = next.id and ${readsWords(sql, "m.text", words)})`;
}

/** The newest conversations that match by name, and those that match by a message, as (id, last_message_at). */
function keysBy(
  sql: Sql,
  workspaceId: string,
  { words, ...filter }: ConversationSearch,
  { after, until = null, limit, named, said }: Slice & Ways,
): Fragment {
  // The order of "next" holds through the join, so that looking ends with the last row of a full page. It is "until"
  // that bounds it; the limit only keeps the planner from another order.
  const next = keysOf(sql, workspaceId, filter, { after, until, limit: 2 * looked.names });
  const look = (condition: Fragment) => sql`
    select next.id, next.last_message_at from (${next}) as next
    join messaging.contacts p on p.workspace_id = ${workspaceId} and p.id = next.id
    where ${condition} order by next.last_message_at desc, next.id desc limit ${limitOf(sql, limit)}`;
  // An array is made once, before all else; "in" let the planner ask for the ids again for each row.
  const among = (ids: Fragment) => sql`
    select c.id, c.last_message_at from messaging.conversations c
    where c.workspace_id = ${workspaceId} and c.id = any (array(${ids}))
      and c.status = any (${filter.status === "all" ? statuses : [filter.status]}::text[])
      ${conditionsOf(sql, filter)} ${olderThan(sql, after, "c.last_message_at", "c.id")}
      ${notOlderThan(sql, until, "c.last_message_at", "c.id")}
    order by c.last_message_at desc, c.id desc limit ${limitOf(sql, limit)}`;
  const byName =
    named.length > 0 ? among(idsNamed(sql, workspaceId, words, named)) : look(isNamed(sql, words));
  const byMessage =
    said.length > 0 ? among(idsSaid(sql, workspaceId, words, said)) : look(isSaid(sql, words));
  return sql`
    select id, last_message_at from ((${byName}) union (${byMessage})) as found
    order by last_message_at desc, id desc limit ${limitOf(sql, limit)}`;
}

/** By the index on words of names; one number alone may be a PSID, whole. */
function idsNamed(sql: Sql, workspaceId: string, words: WordSearch, named: readonly string[]): Fragment {
  const withPsid =
    words.number === null
      ? sql``
      : sql`union all
        select p.id from messaging.pages g join messaging.contacts p on p.page_id = g.id and p.psid = ${words.number}
        where g.workspace_id = ${workspaceId}`;
  return sql`
    select p.id from messaging.contacts p
    where p.workspace_id = ${workspaceId} and ${hasWords(sql, "p.name", named)}
      ${othersRead(sql, "p.name", words, named)}
    ${withPsid}`;
}

/** By the index on words of messages. */
function idsSaid(sql: Sql, workspaceId: string, words: WordSearch, said: readonly string[]): Fragment {
  return sql`
    select m.conversation_id from messaging.messages m
    where m.workspace_id = ${workspaceId} and ${hasWords(sql, "m.text", said)}
      ${othersRead(sql, "m.text", words, said)}`;
}
