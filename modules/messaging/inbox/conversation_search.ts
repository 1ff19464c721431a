import type { Fragment, Sql } from "postgres";
import type { WordSearch } from "../search_words.ts";
import { micros, olderThan, limitOf, type TimeKey } from "../time_key.ts";
import {
  conditionsOf,
  type ConversationFilter,
  type ConversationRow,
  keysOf,
  readRows,
  type Slice,
} from "./conversation_rows.ts";
import { statuses } from "./schema.ts";

/** How many of the newest conversations are looked through before the indexes are asked. */
const firstWalk = 200;
/** How many more, when the first ones show that the words are frequent enough to fill the page from so many. */
const longestWalk = 1_600;

export interface ConversationSearch extends ConversationFilter {
  words: WordSearch;
}

/**
 * Conversations whose person's name, or one of whose messages, has all the words; newest first.
 *
 * Frequent words are found by looking through the newest conversations, because an index on words would first
 * collect every message ever that has them. What is too rare to fill a page there is asked of the index, which is
 * quick exactly for what is rare.
 */
export async function searchConversationRows(
  sql: Sql,
  workspaceId: string,
  search: ConversationSearch,
  slice: Slice,
): Promise<ConversationRow[]> {
  const near = await walk(sql, workspaceId, search, { ...slice, depth: firstWalk });
  const missing = slice.limit - near.rows.length;
  if (near.end === null || missing <= 0) return near.rows;
  const needed = Math.ceil((1.3 * firstWalk * missing) / Math.max(near.rows.length, 1));
  if (needed <= longestWalk) {
    // One of four lengths, so that each connection keeps only four plans.
    const depth = 200 * 2 ** Math.ceil(Math.log2(needed / 200));
    const far = await walk(sql, workspaceId, search, { after: near.end, limit: missing, depth });
    if (far.end === null || far.rows.length >= missing) return [...near.rows, ...far.rows];
  }
  return await readRows(sql, keysEverywhere(sql, workspaceId, search, slice), workspaceId);
}

/** Looks through the next `depth` conversations of the list. `end` is where it stopped; null: there are no more. */
async function walk(
  sql: Sql,
  workspaceId: string,
  { words, ...filter }: ConversationSearch,
  { after, limit, depth }: Slice & { depth: number },
): Promise<{ rows: ConversationRow[]; end: TimeKey | null }> {
  const next = () => keysOf(sql, workspaceId, filter, { after, limit: depth });
  // The order of "next" holds through the join, so that this ends at the last row of a full page.
  const found = sql`
    select next.id, next.last_message_at from (${next()}) as next
    join messaging.contacts p on p.workspace_id = ${workspaceId} and p.id = next.id
    where p.name ~* all (${words.patterns}::text[])
      or exists (select from messaging.messages m
        where m.conversation_id = next.id and m.text ~* all (${words.patterns}::text[]))
    order by next.last_message_at desc, next.id desc limit ${limitOf(sql, limit)}`;
  const rows = await readRows(sql, found, workspaceId);
  if (rows.length >= limit) return { rows, end: null };
  const [end] = await sql<TimeKey[]>`
    select next.id, ${micros(sql, "next.last_message_at")} as at from (${next()}) as next
    offset ${limitOf(sql, depth - 1)}`;
  return { rows, end: end ?? null };
}

/** The conversations of the list that match, by the indexes on words of names, words of messages, and PSIDs. */
function keysEverywhere(
  sql: Sql,
  workspaceId: string,
  { words: { query, number }, status, ...filter }: ConversationSearch,
  { after, limit }: Slice,
): Fragment {
  // A search for one number may be for a PSID, whole.
  const withPsid =
    number === null
      ? sql``
      : sql`union all
        select p.id from messaging.pages g join messaging.contacts p on p.page_id = g.id and p.psid = ${number}
        where g.workspace_id = ${workspaceId}`;
  // An array is made once, before all else; "in" let the planner ask for the ids again for each row.
  return sql`
    select c.id, c.last_message_at from messaging.conversations c
    where c.workspace_id = ${workspaceId} and c.id = any (array(
        select p.id from messaging.contacts p
        where p.workspace_id = ${workspaceId} and messaging.words_of(p.name) @@ to_tsquery('messaging.words', ${query})
        union all
        select m.conversation_id from messaging.messages m
        where m.workspace_id = ${workspaceId} and messaging.words_of(m.text) @@ to_tsquery('messaging.words', ${query})
        ${withPsid}))
      and c.status = any (${status === "all" ? statuses : [status]}::text[])
      ${conditionsOf(sql, { status, ...filter })}
      ${olderThan(sql, after, "c.last_message_at", "c.id")}
    order by c.last_message_at desc, c.id desc limit ${limitOf(sql, limit)}`;
}
