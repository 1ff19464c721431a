import { userNames } from "#auth";
import type { Db } from "#db";
import { type Clock, notFound, pageOf } from "#std";
import { displayName, pictureUrlOf } from "../contacts/faces.ts";
import { canReply, windowOf } from "../policy_view.ts";
import { readSearch } from "../search_words.ts";
import { decodeTimeKey } from "../time_key.ts";
import { type ConversationRow, readConversationRow, readFilteredRows } from "./conversation_rows.ts";
import { searchConversationRows } from "./conversation_search.ts";
import type { Conversation, ConversationsQuery } from "./schema.ts";

export interface ConversationDeps {
  db: Db;
  clock: Clock;
}

/**
 * A page of conversations, newest message first. `me` is who asks, for assignee "me".
 * Throws 422 `invalid-cursor`.
 */
export async function listConversations(
  on: ConversationDeps,
  workspaceId: string,
  { me, ...query }: ConversationsQuery & { me: string },
): Promise<{ items: Conversation[]; nextCursor: string | null }> {
  const limit = query.limit ?? 50;
  const slice = { after: decodeTimeKey(query.cursor), limit: limit + 1 };
  const filter = {
    status: query.status ?? "open",
    assigneeId: query.assignee === "me" ? me : query.assignee === "none" ? null : query.assignee,
    pageId: query.pageId,
    isUnread: query.unread === "true",
  };
  const words = readSearch(query.search);
  if (words === "nothing") return { items: [], nextCursor: null };
  const rows =
    words !== null
      ? await searchConversationRows(on.db, workspaceId, { ...filter, words }, slice)
      : await readFilteredRows(on.db, workspaceId, filter, slice);
  const page = pageOf(rows, limit, (row) => [row.at, row.id]);
  return { items: await view(on, workspaceId, page.items), nextCursor: page.nextCursor };
}

/** One conversation; 404 when this workspace has none with this id. */
export async function readConversation(
  on: ConversationDeps,
  workspaceId: string,
  id: string,
): Promise<Conversation> {
  const row = await readConversationRow(on.db, workspaceId, id);
  const [conversation] = row ? await view(on, workspaceId, [row]) : [];
  if (!conversation) throw notFound("conversation");
  return conversation;
}

async function view(
  on: ConversationDeps,
  workspaceId: string,
  rows: readonly ConversationRow[],
): Promise<Conversation[]> {
  const now = new Date(on.clock());
  const names = await userNames(
    on.db,
    rows.flatMap((row) => (row.assigneeId === null ? [] : [row.assigneeId])),
  );
  return rows.map((row): Conversation => {
    const { contact, page, assigneeId } = row;
    const assigneeName = assigneeId === null ? undefined : names.get(assigneeId);
    return {
      id: row.id,
      contact: {
        id: row.id,
        name: displayName(contact),
        pictureUrl: pictureUrlOf(workspaceId, { id: row.id, pictureKey: contact.pictureKey }),
      },
      page: { id: page.id, name: page.name, pictureUrl: page.pictureUrl },
      status: row.status,
      snoozedUntil: row.snoozedUntil?.toISOString() ?? null,
      assignee:
        assigneeId !== null && assigneeName !== undefined ? { id: assigneeId, name: assigneeName } : null,
      unreadCount: row.unreadCount,
      preview: { text: row.previewText ?? "", direction: row.previewDirection },
      // A thread that so far has only events, such as an opt-in, carries the epoch: it sorts last.
      lastMessageAt: (row.at === 0 ? row.createdAt : new Date(Math.floor(row.at / 1_000))).toISOString(),
      window: windowOf(contact, now),
      controlledByApp: row.controlledByApp,
      canReply: canReply({ contact, page, now }),
      createdAt: row.createdAt.toISOString(),
    };
  });
}
