import type { Fragment, Sql } from "postgres";
import { hasWords, readsWords, type WordSearch } from "../search_words.ts";
import { limitOf, olderThan } from "../time_key.ts";
import {
  conditionsOf,
  type ConversationFilter,
  type ConversationRow,
  keysOf,
  readRows,
  type Slice,
} from "./conversation_rows.ts";
import { statuses } from "./schema.ts";

/** How many conversations, from where the page begins, show how frequent the words are. */
const probed = 50;
/** How many are looked through at most, when the probe promises that so many fill the page. */
const walked = 2_400;

export interface ConversationSearch extends ConversationFilter {
  words: WordSearch;
}

/** By looking through the list, or by asking the index. */
type Way = "walk" | "index";

/**
 * Conversations whose person's name, or one of whose messages, has all the words; newest first.
 *
 * Frequent words are found by looking through the newest conversations, because an index on words would first
 * collect every message ever that has them. What is too rare to fill a page there is asked of the index, which is
 * quick exactly for what is rare. Names and messages go separate ways: a first name is frequent among names only.
 */
export async function searchConversationRows(
  sql: Sql,
  workspaceId: string,
  search: ConversationSearch,
  slice: Slice,
): Promise<ConversationRow[]> {
  const { total, named, said } = await probe(sql, workspaceId, search, slice);
  const isWhole = total < probed;
  const enough = (1.3 * slice.limit * probed) / walked;
  const wayOf = (found: number): Way => (isWhole || found >= enough ? "walk" : "index");
  const ways = { named: wayOf(named), said: wayOf(said) };
  const rows = await readRows(sql, keysBy(sql, workspaceId, search, { ...slice, ...ways }), workspaceId);
  if (rows.length >= slice.limit || isWhole || (ways.named === "index" && ways.said === "index")) return rows;
  // The probe promised too much.
  const byIndex = keysBy(sql, workspaceId, search, { ...slice, named: "index", said: "index" });
  return await readRows(sql, byIndex, workspaceId);
}

interface Probe {
  total: number;
  named: number;
  said: number;
}

async function probe(
  sql: Sql,
  workspaceId: string,
  { words, ...filter }: ConversationSearch,
  { after }: Slice,
): Promise<Probe> {
  const [found] = await sql<Probe[]>`
    select count(*)::int4 as total, count(*) filter (where ${isNamed(sql, words)})::int4 as named,
      count(*) filter (where ${isSaid(sql, words)})::int4 as said
    from (${keysOf(sql, workspaceId, filter, { after, limit: probed })}) as next
    join messaging.contacts p on p.workspace_id = ${workspaceId} and p.id = next.id`;
  return found ?? { total: 0, named: 0, said: 0 };
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
  { after, limit, named, said }: Slice & { named: Way; said: Way },
): Fragment {
  // The order of "next" holds through the join, so that each walk ends at the last row of a full page.
  const walk = (condition: Fragment) => sql`
    select next.id, next.last_message_at from (${keysOf(sql, workspaceId, filter, { after, limit: walked })}) as next
    join messaging.contacts p on p.workspace_id = ${workspaceId} and p.id = next.id
    where ${condition} order by next.last_message_at desc, next.id desc limit ${limitOf(sql, limit)}`;
  // An array is made once, before all else; "in" let the planner ask for the ids again for each row.
  const among = (ids: Fragment) => sql`
    select c.id, c.last_message_at from messaging.conversations c
    where c.workspace_id = ${workspaceId} and c.id = any (array(${ids}))
      and c.status = any (${filter.status === "all" ? statuses : [filter.status]}::text[])
      ${conditionsOf(sql, filter)} ${olderThan(sql, after, "c.last_message_at", "c.id")}
    order by c.last_message_at desc, c.id desc limit ${limitOf(sql, limit)}`;
  const byName = named === "walk" ? walk(isNamed(sql, words)) : among(idsNamed(sql, workspaceId, words));
  const byMessage = said === "walk" ? walk(isSaid(sql, words)) : among(idsSaid(sql, workspaceId, words));
  return sql`
    select id, last_message_at from ((${byName}) union (${byMessage})) as found
    order by last_message_at desc, id desc limit ${limitOf(sql, limit)}`;
}

/** By the index on words of names; one number alone may be a PSID, whole. */
function idsNamed(sql: Sql, workspaceId: string, words: WordSearch): Fragment {
  const { number } = words;
  const withPsid =
    number === null
      ? sql``
      : sql`union all
        select p.id from messaging.pages g join messaging.contacts p on p.page_id = g.id and p.psid = ${number}
        where g.workspace_id = ${workspaceId}`;
  return sql`
    select p.id from messaging.contacts p
    where p.workspace_id = ${workspaceId} and ${hasWords(sql, "p.name", words)}
    ${withPsid}`;
}

/** By the index on words of messages. */
function idsSaid(sql: Sql, workspaceId: string, words: WordSearch): Fragment {
  return sql`
    select m.conversation_id from messaging.messages m
    where m.workspace_id = ${workspaceId} and ${hasWords(sql, "m.text", words)}`;
}
