import type { Sql } from "postgres";
import type { Viewer } from "#auth";
import { decodeTimeKey, isoTime, microsOf } from "#db";
import { type Clock, encodeCursor, notFound, pageOf } from "#std";
import { displayName, pictureUrlOf } from "../contacts/mod.ts";
import { contactFactsOf, canReply, windowOf } from "../policy/mod.ts";
import { readSearch } from "../search/mod.ts";
import { countMatches, withMatches } from "./search_matches.ts";
import { controlOf } from "./control_view.ts";
import {
  type ConversationFilter,
  type ConversationRow,
  readConversationRow,
  readFilteredRows,
  readRowsOf,
} from "./conversation_rows.ts";
import { searchConversationRows } from "./conversation_search.ts";
import {
  type Conversation,
  type ConversationsQuery,
  type MatchCount,
  type MatchesQuery,
  usualConversations,
} from "./schema.ts";
import { problem } from "./problems.ts";

export interface ConversationDeps {
  sql: Sql;
  clock: Clock;
}

/** The caller, for assignee "me", and what they see; without a viewer everything. */
export interface Asker {
  me: string;
  viewer?: Viewer;
}

/**
 * A page of conversations, newest message first by default. Throws 422
 * `invalid-cursor`, and `search-order` for a search in oldest order.
 */
export async function listConversations(
  on: ConversationDeps,
  workspaceId: string,
  { me, viewer, ...query }: ConversationsQuery & Asker,
): Promise<{ items: Conversation[]; nextCursor: string | null }> {
  const limit = query.limit ?? usualConversations;
  const isOldestFirst = query.sort === "oldest";
  const slice = { after: decodeTimeKey(query.cursor), limit: limit + 1, isOldestFirst };
  const filter = filterOf(query, { me, viewer });
  const words = readSearch(query.search);
  if (words === "nothing") return { items: [], nextCursor: null };
  if (words !== null && isOldestFirst) throw problem("search-order");
  const { rows, until } =
    words !== null
      ? await searchConversationRows(on.sql, workspaceId, { ...filter, words }, slice)
      : { rows: await readFilteredRows(on.sql, workspaceId, filter, slice), until: null };
  const page = pageOf(rows, limit, (row) => [microsOf(row.lastMessageAt), row.id]);
  const further = until === null ? null : encodeCursor([until.at, until.id]);
  const items = view(on, workspaceId, page.items);
  return {
    items: words === null ? items : await withMatches(on.sql, workspaceId, words, items),
    nextCursor: page.nextCursor ?? further,
  };
}

/** How many conversations of the statuses besides the one that is searched match, too. */
export async function countOtherMatches(
  on: Pick<ConversationDeps, "sql">,
  workspaceId: string,
  { me, viewer, ...query }: MatchesQuery & Asker,
): Promise<MatchCount[]> {
  const words = readSearch(query.search);
  if (words === null || words === "nothing") return [];
  return await countMatches(on.sql, workspaceId, { ...filterOf(query, { me, viewer }), words });
}

function filterOf(query: Omit<MatchesQuery, "search">, { me, viewer }: Asker): ConversationFilter {
  return {
    viewer,
    status: query.status ?? "open",
    assigneeId: query.assignee === "me" ? me : query.assignee === "none" ? null : query.assignee,
    pageId: query.pageId,
    isUnread: query.unread === "true",
    tagId: query.tagId,
  };
}

/** One conversation; 404 when this workspace has none with this id. */
export async function readConversation(
  on: ConversationDeps,
  workspaceId: string,
  id: string,
): Promise<Conversation> {
  const row = await readConversationRow(on.sql, workspaceId, id);
  const [conversation] = row ? view(on, workspaceId, [row]) : [];
  if (!conversation) throw notFound("conversation");
  return conversation;
}

/** These conversations of this workspace, without missing ones. */
export async function readConversations(
  on: ConversationDeps,
  workspaceId: string,
  ids: readonly string[],
): Promise<Conversation[]> {
  return view(on, workspaceId, await readRowsOf(on.sql, workspaceId, ids));
}

const epoch = "1970-01-01 00:00:00+00";

function view(
  { clock }: Pick<ConversationDeps, "clock">,
  workspaceId: string,
  rows: readonly ConversationRow[],
): Conversation[] {
  const now = new Date(clock());
  return rows.map((row): Conversation => {
    const { id, assigneeId, assigneeName } = row;
    const facts = contactFactsOf(row);
    return {
      id,
      contact: { id, name: displayName(row), pictureUrl: pictureUrlOf(workspaceId, row) },
      page: { id: row.pageId, name: row.pageName, pictureUrl: row.pagePictureUrl },
      status: row.status,
      snoozedUntil: row.snoozedUntil === null ? null : isoTime(row.snoozedUntil),
      assignee: assigneeId !== null && assigneeName !== null ? { id: assigneeId, name: assigneeName } : null,
      tagIds: row.tagIds,
      unreadCount: row.unreadCount,
      preview: {
        text: row.previewText ?? "",
        direction: row.previewDirection,
        isFailed: row.isPreviewFailed,
      },
      // A conversation with events only, such as an opt-in, has the epoch: it sorts last.
      lastMessageAt: isoTime(row.lastMessageAt === epoch ? row.createdAt : row.lastMessageAt),
      window: windowOf(facts, now),
      control: controlOf(row, now.getTime()),
      canReply: canReply({
        contact: facts,
        page: { status: row.pageStatus, humanAgent: row.pageHumanAgent },
        isWorkspaceDisabled: row.isWorkspaceDisabled,
        now,
      }),
      createdAt: isoTime(row.createdAt),
    };
  });
}
