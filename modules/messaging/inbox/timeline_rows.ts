import type { Fragment, Sql } from "postgres";
import { relations } from "#auth";
import { limitOf, micros, olderThan, type TimeKey } from "#db";
import type { DeliveryStatus } from "../delivery/mod.ts";
import type { Attachment, Message } from "./schema.ts";

/** Which thread, and which stretch of it: up to `limit` rows older than `after`, newest first. */
export interface Stretch {
  workspaceId: string;
  conversationId: string;
  after: TimeKey | null;
  limit: number;
}

/** The rows of this file have times as Postgres writes them, and names of our people beside their ids. */
export interface MessageRow {
  id: string;
  conversationId: string;
  pageId: string;
  direction: Message["direction"];
  kind: Message["kind"];
  authorKind: Message["author"]["kind"];
  authorUserId: string | null;
  authorName: string | null;
  /** For a campaign's message: its state in the ledger. */
  campaignId?: string;
  delivery?: DeliveryStatus;
  attachments?: Attachment[];
  appId: string | null;
  text: string | null;
  content: unknown;
  mid: string | null;
  replyToMid: string | null;
  editedAt: string | null;
  deletedAt: string | null;
  sentAt: string;
  createdAt: string;
  at: number;
}

export async function readMessageRows(sql: Sql, conversation: Stretch): Promise<MessageRow[]> {
  return await selectMessages(
    sql,
    conversation,
    sql`${olderThan(sql, conversation.after, "m.sent_at", "m.id")}
      order by m.sent_at desc, m.id desc limit ${limitOf(sql, conversation.limit)}`,
  );
}

/** One message of one conversation of one workspace; undefined when any of the three does not fit. */
export async function readMessageRow(
  sql: Sql,
  workspaceId: string,
  { conversationId, messageId }: { conversationId: string; messageId: string },
): Promise<MessageRow | undefined> {
  const [row] = await selectMessages(sql, { workspaceId, conversationId }, sql`and m.id = ${messageId}`);
  return row;
}

async function selectMessages(
  sql: Sql,
  { workspaceId, conversationId }: Pick<Stretch, "workspaceId" | "conversationId">,
  rest: Fragment,
): Promise<MessageRow[]> {
  // Partial: an edit or deletion that came before its message. There is nothing to show yet.
  return await sql<MessageRow[]>`
    select m.id, m.conversation_id as "conversationId", m.page_id as "pageId", m.direction, m.kind,
      m.author_kind as "authorKind", m.author_user_id as "authorUserId",
      ${nameOf(sql, "m.author_user_id")} as "authorName", m.app_id as "appId", m.text, m.content, m.mid,
      m.reply_to_mid as "replyToMid", m.edited_at as "editedAt", m.deleted_at as "deletedAt", m.sent_at as "sentAt",
      m.created_at as "createdAt", ${micros(sql, "m.sent_at")} as at
    from messaging.messages m
    where m.workspace_id = ${workspaceId} and m.conversation_id = ${conversationId} and not m.is_partial ${rest}`;
}

/** The name of one of our people; null without one. */
function nameOf(sql: Sql, id: string): Fragment {
  return sql`(select u.name from ${sql.unsafe(relations.users)} u where u.id = ${sql.unsafe(id)})`;
}

export interface NoteRow {
  id: string;
  authorId: string | null;
  authorName: string | null;
  text: string;
  createdAt: string;
  at: number;
}

export async function readNoteRows(sql: Sql, conversation: Stretch): Promise<NoteRow[]> {
  return await sql<NoteRow[]>`
    select n.id, n.author_id as "authorId", ${nameOf(sql, "n.author_id")} as "authorName", n.text,
      n.created_at as "createdAt", ${micros(sql, "n.created_at")} as at
    from messaging.notes n
    where n.workspace_id = ${conversation.workspaceId} and n.conversation_id = ${conversation.conversationId}
      ${olderThan(sql, conversation.after, "n.created_at", "n.id")}
    order by n.created_at desc, n.id desc limit ${limitOf(sql, conversation.limit)}`;
}

export interface EventRow {
  id: string;
  kind: string;
  actorUserId: string | null;
  actorName: string | null;
  /** The assignee of an assignment. */
  toName: string | null;
  data: unknown;
  time: string;
  at: number;
}

export async function readEventRows(sql: Sql, conversation: Stretch): Promise<EventRow[]> {
  return await sql<EventRow[]>`
    select e.id, e.kind, e.actor_user_id as "actorUserId", ${nameOf(sql, "e.actor_user_id")} as "actorName",
      case when e.kind = 'assignment' then ${nameOf(sql, "(e.data ->> 'to')::uuid")} end as "toName", e.data,
      e.at as time, ${micros(sql, "e.at")} as at
    from messaging.events e
    where e.workspace_id = ${conversation.workspaceId} and e.conversation_id = ${conversation.conversationId}
      ${olderThan(sql, conversation.after, "e.at", "e.id")}
    order by e.at desc, e.id desc limit ${limitOf(sql, conversation.limit)}`;
}

export interface AttachmentRow {
  id: string;
  messageId: string;
  type: string;
  title: string | null;
  sourceUrl: string | null;
  payload: unknown;
  fileState: Attachment["fileState"];
  fileName: string | null;
  mimeType: string | null;
  bytes: number | null;
}

export async function readAttachmentRows(
  sql: Sql,
  workspaceId: string,
  messageIds: readonly string[],
): Promise<AttachmentRow[]> {
  if (messageIds.length === 0) return [];
  return await sql<AttachmentRow[]>`
    select id, message_id as "messageId", type, title, source_url as "sourceUrl", payload, file_state as "fileState",
      file_name as "fileName", mime_type as "mimeType", bytes::float8
    from messaging.attachments
    where workspace_id = ${workspaceId} and message_id = any (${[...messageIds]}::uuid[])
    order by message_id, position`;
}

export interface ReactionRow {
  mid: string;
  actor: Message["reactions"][number]["actor"];
  emoji: string;
}

/** Current reactions, without removed ones. */
export async function readReactionRows(
  sql: Sql,
  pageId: string | undefined,
  mids: readonly string[],
): Promise<ReactionRow[]> {
  if (pageId === undefined || mids.length === 0) return [];
  return await sql<ReactionRow[]>`
    select mid, actor, emoji from messaging.reactions
    where page_id = ${pageId} and mid = any (${[...mids]}::text[]) and emoji is not null order by at`;
}
