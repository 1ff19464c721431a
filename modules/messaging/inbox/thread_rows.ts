import { and, asc, desc, eq, inArray, isNotNull } from "drizzle-orm";
import type { Db, Tx } from "#db";
import { attachments, events, messages, notes, reactions } from "#db/messaging";
import { micros, olderThan, type TimeKey } from "../time_key.ts";

/** Which thread, and which stretch of it: up to `limit` rows older than `after`, newest first. */
export interface Stretch {
  workspaceId: string;
  conversationId: string;
  after: TimeKey | null;
  limit: number;
}

const messageColumns = {
  id: messages.id,
  conversationId: messages.conversationId,
  pageId: messages.pageId,
  direction: messages.direction,
  kind: messages.kind,
  authorKind: messages.authorKind,
  authorUserId: messages.authorUserId,
  appId: messages.appId,
  text: messages.text,
  content: messages.content,
  mid: messages.mid,
  replyToMid: messages.replyToMid,
  editedAt: messages.editedAt,
  deletedAt: messages.deletedAt,
  sentAt: messages.sentAt,
  createdAt: messages.createdAt,
  at: micros(messages.sentAt),
};

const selectMessages = (db: Db | Tx) => db.select(messageColumns).from(messages).$dynamic();
export type MessageRow = Awaited<ReturnType<typeof selectMessages>>[number];

export async function readMessageRows(db: Db | Tx, thread: Stretch): Promise<MessageRow[]> {
  return await selectMessages(db)
    .where(
      and(
        eq(messages.workspaceId, thread.workspaceId),
        eq(messages.conversationId, thread.conversationId),
        // An edit or deletion that came before its message: nothing to show yet.
        eq(messages.isPartial, false),
        olderThan(messages.sentAt, messages.id, thread.after),
      ),
    )
    .orderBy(desc(messages.sentAt), desc(messages.id))
    .limit(thread.limit);
}

/** One message of one conversation of one workspace; undefined when any of the three does not fit. */
export async function readMessageRow(
  db: Db | Tx,
  workspaceId: string,
  { conversationId, messageId }: { conversationId: string; messageId: string },
): Promise<MessageRow | undefined> {
  const [row] = await selectMessages(db).where(
    and(
      eq(messages.workspaceId, workspaceId),
      eq(messages.id, messageId),
      eq(messages.conversationId, conversationId),
      eq(messages.isPartial, false),
    ),
  );
  return row;
}

const noteColumns = {
  id: notes.id,
  authorId: notes.authorId,
  text: notes.text,
  createdAt: notes.createdAt,
  at: micros(notes.createdAt),
};
const selectNotes = (db: Db | Tx) => db.select(noteColumns).from(notes).$dynamic();
export type NoteRow = Awaited<ReturnType<typeof selectNotes>>[number];

export async function readNoteRows(db: Db | Tx, thread: Stretch): Promise<NoteRow[]> {
  return await selectNotes(db)
    .where(
      and(
        eq(notes.workspaceId, thread.workspaceId),
        eq(notes.conversationId, thread.conversationId),
        olderThan(notes.createdAt, notes.id, thread.after),
      ),
    )
    .orderBy(desc(notes.createdAt), desc(notes.id))
    .limit(thread.limit);
}

const eventColumns = {
  id: events.id,
  kind: events.kind,
  actorUserId: events.actorUserId,
  data: events.data,
  time: events.at,
  at: micros(events.at),
};
const selectEvents = (db: Db | Tx) => db.select(eventColumns).from(events).$dynamic();
export type EventRow = Awaited<ReturnType<typeof selectEvents>>[number];

export async function readEventRows(db: Db | Tx, thread: Stretch): Promise<EventRow[]> {
  return await selectEvents(db)
    .where(
      and(
        eq(events.workspaceId, thread.workspaceId),
        eq(events.conversationId, thread.conversationId),
        olderThan(events.at, events.id, thread.after),
      ),
    )
    .orderBy(desc(events.at), desc(events.id))
    .limit(thread.limit);
}

const selectAttachments = (db: Db | Tx) =>
  db
    .select({
      id: attachments.id,
      messageId: attachments.messageId,
      type: attachments.type,
      title: attachments.title,
      sourceUrl: attachments.sourceUrl,
      payload: attachments.payload,
      fileState: attachments.fileState,
      fileName: attachments.fileName,
      mimeType: attachments.mimeType,
      bytes: attachments.bytes,
    })
    .from(attachments)
    .$dynamic();
export type AttachmentRow = Awaited<ReturnType<typeof selectAttachments>>[number];

export async function readAttachmentRows(
  db: Db | Tx,
  workspaceId: string,
  messageIds: readonly string[],
): Promise<AttachmentRow[]> {
  if (messageIds.length === 0) return [];
  return await selectAttachments(db)
    .where(and(eq(attachments.workspaceId, workspaceId), inArray(attachments.messageId, messageIds)))
    .orderBy(asc(attachments.messageId), asc(attachments.position));
}

const selectReactions = (db: Db | Tx) =>
  db
    .select({ mid: reactions.mid, actor: reactions.actor, emoji: reactions.emoji })
    .from(reactions)
    .$dynamic();
export type ReactionRow = Awaited<ReturnType<typeof selectReactions>>[number];

/** Reactions that stand; those taken back are left out. */
export async function readReactionRows(
  db: Db | Tx,
  pageId: string | undefined,
  mids: readonly string[],
): Promise<ReactionRow[]> {
  if (pageId === undefined || mids.length === 0) return [];
  return await selectReactions(db)
    .where(and(eq(reactions.pageId, pageId), inArray(reactions.mid, mids), isNotNull(reactions.emoji)))
    .orderBy(asc(reactions.at));
}
