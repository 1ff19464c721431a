import type { Fragment, Sql } from "postgres";
import { isoTime, limitOf } from "#db";
import {
  excerptOf,
  hasWords,
  markWords,
  messagesByIndex,
  othersRead,
  readsWords,
  type WordSearch,
  wordCount,
} from "../search/mod.ts";
import { conditionsOf, keysOf } from "./conversation_rows.ts";
import { chooseWays, type ConversationSearch, idsNamed, idsSaid, keysBy } from "./conversation_search.ts";
import { type Conversation, type MatchCount, type SearchMatch, wantedStatuses } from "./schema.ts";

/** Counting stops here. */
const mostCounted = 100;

interface FoundMessage {
  conversationId: string;
  id: string;
  direction: "in" | "out";
  text: string;
  sentAt: string;
}

/** Adds the matches to found conversations: the name, and the newest message with all words. */
export async function withMatches(
  sql: Sql,
  workspaceId: string,
  words: WordSearch,
  found: readonly Conversation[],
): Promise<Conversation[]> {
  if (found.length === 0) return [];
  const ids = found.map(({ id }) => id);
  const said = messagesByIndex(words, await wordCount(sql, "messages"));
  const messages = await sql<FoundMessage[]>`
    select conversation_id as "conversationId", id, direction, text, sent_at as "sentAt"
    from (${said.length > 0 ? byIndex(sql, workspaceId, words, { said, ids }) : byReading(sql, words, ids)}) as found`;
  const byConversation = new Map(messages.map((message) => [message.conversationId, message]));
  return found.map((conversation): Conversation => {
    const message = byConversation.get(conversation.id);
    const match: SearchMatch = {
      name: markWords(conversation.contact.name, words),
      message: message
        ? {
            id: message.id,
            direction: message.direction,
            excerpt: excerptOf(message.text, words),
            sentAt: isoTime(message.sentAt),
          }
        : null,
    };
    return { ...conversation, match };
  });
}

/** The index is asked first: by the thread of each conversation, every message of it would be read. */
function byIndex(
  sql: Sql,
  workspaceId: string,
  words: WordSearch,
  { said, ids }: { said: readonly string[]; ids: readonly string[] },
): Fragment {
  return sql`
    with said as materialized (
      select m.conversation_id, m.id, m.direction, m.text, m.sent_at from messaging.messages m
      where m.workspace_id = ${workspaceId} and ${hasWords(sql, "m.text", said)}
        ${othersRead(sql, "m.text", words, said)})
    select distinct on (conversation_id) * from said where conversation_id = any(${[...ids]}::uuid[])
    order by conversation_id, sent_at desc, id desc`;
}

function byReading(sql: Sql, words: WordSearch, ids: readonly string[]): Fragment {
  return sql`
    select said.* from unnest(${[...ids]}::uuid[]) as wanted (id)
    cross join lateral (
      select m.conversation_id, m.id, m.direction, m.text, m.sent_at from messaging.messages m
      where m.conversation_id = wanted.id and ${readsWords(sql, "m.text", words)}
      order by m.sent_at desc, m.id desc limit 1) as said`;
}

/**
 * How many conversations of the other statuses match. Rare words are counted by the indexes; frequent ones in as many of
 * the newest conversations of each status as one page of a search looks through.
 */
export async function countMatches(
  sql: Sql,
  workspaceId: string,
  search: ConversationSearch,
): Promise<MatchCount[]> {
  const others = wantedStatuses.filter((status) => search.status !== "all" && status !== search.status);
  if (others.length === 0) return [];
  const { most, ...ways } = await chooseWays(sql, search.words);
  const rows =
    most === null
      ? await sql<MatchCount[]>`
          select c.status, least(count(*), ${mostCounted}::int4)::int4 as count, count(*) > ${mostCounted}::int4 as "isMore"
          from messaging.conversations c
          where c.workspace_id = ${workspaceId} and c.status = any(${others}::text[])
            and c.id = any(array(${idsNamed(sql, workspaceId, search.words, ways.named)}
              union ${idsSaid(sql, workspaceId, search.words, ways.said)}))
            ${conditionsOf(sql, search)}
          group by c.status`
      : await sql<MatchCount[]>`${others.map((status, n) => {
          const filter = { ...search, status };
          const window = keysOf(sql, workspaceId, filter, { after: null, limit: most });
          const keys = keysBy(sql, workspaceId, filter, { after: null, limit: most, ...ways, window });
          return sql`${n > 0 ? sql`union all` : sql``}
            select ${status}::text as status, counted.* from (
              with last as materialized (
                select id, last_message_at from (${window}) as next offset ${limitOf(sql, most - 1)})
              select (select count(*)::int4 from (${keys}) as found) as count,
                exists (select from last) as "isMore") as counted`;
        })}`;
  return rows
    .filter(({ count, isMore }) => count > 0 || isMore)
    .toSorted((a, b) => others.indexOf(a.status) - others.indexOf(b.status));
}
