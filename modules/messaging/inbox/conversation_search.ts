import type { Fragment, Sql } from "postgres";
import { limitOf, microsOf, olderThan, type TimeKey } from "#db";
import {
  hasName,
  messagesByIndex,
  namesWay,
  type NamesWay,
  hasWords,
  othersRead,
  readsWords,
  type WordSearch,
  wordCount,
} from "../search/mod.ts";
import {
  conditionsOf,
  type ConversationFilter,
  type ConversationRow,
  keysOf,
  readRows,
  rowsOf,
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
  const { most, ...ways } = await chooseWays(sql, search.words);
  if (most === null) {
    const keys = keysBy(sql, workspaceId, search, { ...slice, ...ways, window: null });
    return { rows: await readRows(sql, keys, workspaceId), until: null };
  }
  const window = keysOf(sql, workspaceId, search, { ...slice, limit: most });
  const keys = keysBy(sql, workspaceId, search, { ...slice, ...ways, window });
  // How far the window goes comes with the rows: asked by itself, a message in between could move it.
  const found = await sql<(Found & Last)[]>`
    with last as materialized (
      select id, last_message_at from (${window}) as next offset ${limitOf(sql, most - 1)})
    select found.*, last.id as "lastId", last.last_message_at as "lastAt"
    from (select) as one left join last on true left join (${rowsOf(sql, keys, workspaceId)}) as found on true
    order by found."lastMessageAt" desc, found.id desc`;
  const [first] = found;
  return {
    rows: found.filter((row) => row.id !== null),
    until: first?.lastAt && first.lastId ? { at: microsOf(first.lastAt), id: first.lastId } : null,
  };
}

/** How the words are looked for, and how many conversations are looked through; null when the indexes find all. */
export async function chooseWays(
  sql: Sql,
  words: WordSearch,
): Promise<Omit<Ways, "window"> & { most: number | null }> {
  const [names, messages] = await Promise.all([wordCount(sql, "names"), wordCount(sql, "messages")]);
  const ways = { named: namesWay(words, names), said: messagesByIndex(words, messages) };
  const most = ways.said.length === 0 ? looked.messages : ways.named.by === "reading" ? looked.names : null;
  return { ...ways, most };
}

/** A row, or one of nulls when nothing was found. */
type Found = ConversationRow | { [Name in keyof ConversationRow]: null };

/** The last conversation of the window; nulls when no more can follow it. */
interface Last {
  lastId: string | null;
  lastAt: string | null;
}

export interface Ways {
  named: NamesWay;
  /** The words by which the index on messages is asked; without any, the list is looked through. */
  said: string[];
  /** The rows to read, as (id, last_message_at); their end is `last` in the statement. Null: none. */
  window: Fragment | null;
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
export function keysBy(
  sql: Sql,
  workspaceId: string,
  { words, ...filter }: ConversationSearch,
  { after, limit, named, said, window }: Slice & Ways,
): Fragment {
  // The order of the window holds through the rest, so that looking ends with the last row of a full page.
  const look = (rest: Fragment) => sql`
    select next.id, next.last_message_at from (${window ?? sql``}) as next ${rest}
    order by next.last_message_at desc, next.id desc limit ${limitOf(sql, limit)}`;
  // An array is made once, before all else; "in" let the planner ask for the ids again for each row.
  const among = (ids: Fragment) => sql`
    select c.id, c.last_message_at from messaging.conversations c
    where c.workspace_id = ${workspaceId} and c.id = any (array(${ids}))
      ${hasStatus(sql, filter.status)}
      ${conditionsOf(sql, filter)} ${olderThan(sql, after, "c.last_message_at", "c.id")}
      ${window === null ? sql`` : withinWindow(sql)}
    order by c.last_message_at desc, c.id desc limit ${limitOf(sql, limit)}`;
  const byName =
    named.by !== "reading"
      ? among(idsNamed(sql, workspaceId, words, named))
      : look(sql`
        join messaging.contacts p on p.workspace_id = ${workspaceId} and p.id = next.id
        where ${isNamed(sql, words)}`);
  const byMessage =
    said.length > 0 ? among(idsSaid(sql, workspaceId, words, said)) : look(sql`where ${isSaid(sql, words)}`);
  return sql`
    select id, last_message_at from ((${byName}) union (${byMessage})) as found
    order by last_message_at desc, id desc limit ${limitOf(sql, limit)}`;
}

/**
 * `and …` for conversations `c` of a status. As part of the text: a plan that knows it is believed to be cheaper than
 * one for all, and Postgres would plan each search anew, which takes longer than most searches.
 */
function hasStatus(sql: Sql, wanted: ConversationFilter["status"]): Fragment {
  const status = statuses.find((one) => one === wanted);
  return status === undefined
    ? sql`and c.status <> 'spam'`
    : sql`and c.status = ${sql.unsafe(`'${status}'`)}`;
}

/** `and …` for conversations `c` that are no older than the last of the window, when more follow it. */
function withinWindow(sql: Sql): Fragment {
  return sql`and (c.last_message_at, c.id) >= (
    coalesce((select last_message_at from last), '-infinity'),
    coalesce((select id from last), '00000000-0000-0000-0000-000000000000'))`;
}

/** By an index on names; one number alone may be a PSID, whole. */
export function idsNamed(sql: Sql, workspaceId: string, words: WordSearch, named: NamesWay): Fragment {
  const withPsid =
    words.number === null
      ? sql``
      : sql`union all
        select p.id from messaging.pages g join messaging.contacts p on p.page_id = g.id and p.psid = ${words.number}
        where g.workspace_id = ${workspaceId}`;
  return sql`
    select p.id from messaging.contacts p
    where p.workspace_id = ${workspaceId} and ${hasName(sql, "p.name", { words, way: named })}
    ${withPsid}`;
}

/** By the index on words of messages. */
export function idsSaid(sql: Sql, workspaceId: string, words: WordSearch, said: readonly string[]): Fragment {
  return sql`
    select m.conversation_id from messaging.messages m
    where m.workspace_id = ${workspaceId} and ${hasWords(sql, "m.text", said)}
      ${othersRead(sql, "m.text", words, said)}`;
}
