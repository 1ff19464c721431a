import { and, eq } from "drizzle-orm";
import { userNames } from "#auth";
import type { Db } from "#db";
import { contacts, conversations } from "#db/messaging";
import { notFound, type PageQuery, pageOf } from "#std";
import { displayName } from "../contacts/faces.ts";
import { decodeTimeKey } from "../time_key.ts";
import { eventText, type EventTextContext, dataOf, peopleOf } from "./event_text.ts";
import { type ThreadDeps, type ThreadHead, viewMessages } from "./message_view.ts";
import type { Message, Note, ThreadEvent, ThreadItem } from "./schema.ts";
import {
  type EventRow,
  type MessageRow,
  type NoteRow,
  readEventRows,
  readMessageRow,
  readMessageRows,
  readNoteRows,
  type Stretch,
} from "./thread_rows.ts";

interface List<Item> {
  items: Item[];
  nextCursor: string | null;
}

const keyOf = (row: { at: number; id: string }) => [row.at, row.id] as const;

async function readHead(db: Db, workspaceId: string, conversationId: string): Promise<ThreadHead> {
  const [row] = await db
    .select({
      id: conversations.id,
      deliveredUntil: conversations.deliveredUntil,
      readUntil: conversations.readUntil,
      contact: { name: contacts.name, psid: contacts.psid },
    })
    .from(conversations)
    .innerJoin(
      contacts,
      and(eq(contacts.workspaceId, conversations.workspaceId), eq(contacts.id, conversations.id)),
    )
    .where(and(eq(conversations.workspaceId, workspaceId), eq(conversations.id, conversationId)));
  if (!row) throw notFound("conversation");
  return { ...row, workspaceId, contactName: displayName(row.contact) };
}

function stretchOf(workspaceId: string, conversationId: string, page: PageQuery) {
  const limit = page.limit ?? 50;
  const stretch: Stretch = {
    workspaceId,
    conversationId,
    after: decodeTimeKey(page.cursor),
    limit: limit + 1,
  };
  return { limit, stretch };
}

/** The messages of a conversation, newest first; 404 when this workspace has no such conversation. */
export async function listMessages(
  on: ThreadDeps,
  workspaceId: string,
  { conversationId, ...query }: PageQuery & { conversationId: string },
): Promise<List<Message>> {
  const { limit, stretch } = stretchOf(workspaceId, conversationId, query);
  const [head, rows] = await Promise.all([
    readHead(on.db, workspaceId, conversationId),
    readMessageRows(on.db, stretch),
  ]);
  const page = pageOf(rows, limit, keyOf);
  const names = await userNames(on.db, page.items.flatMap(authorsOf));
  return { items: await viewMessages(on, { head, names }, page.items), nextCursor: page.nextCursor };
}

/** One message as lists show it; 404 when it is not in this conversation of this workspace. */
export async function readMessage(
  on: ThreadDeps,
  workspaceId: string,
  { conversationId, messageId }: { conversationId: string; messageId: string },
): Promise<Message> {
  const [head, row] = await Promise.all([
    readHead(on.db, workspaceId, conversationId),
    readMessageRow(on.db, workspaceId, { conversationId, messageId }),
  ]);
  if (!row) throw notFound("message");
  const names = await userNames(on.db, authorsOf(row));
  const [message] = await viewMessages(on, { head, names }, [row]);
  if (!message) throw notFound("message");
  return message;
}

type Entry =
  ({ type: "message" } & MessageRow) | ({ type: "note" } & NoteRow) | ({ type: "event" } & EventRow);

/**
 * Messages, notes and events of a conversation in one order, newest first. Each kind is read from its own index,
 * one page of it; the newest page of all three together is then among what was read.
 */
export async function readThread(
  on: ThreadDeps,
  workspaceId: string,
  { conversationId, ...query }: PageQuery & { conversationId: string },
): Promise<List<ThreadItem>> {
  const { limit, stretch } = stretchOf(workspaceId, conversationId, query);
  const [head, messageRows, noteRows, eventRows] = await Promise.all([
    readHead(on.db, workspaceId, conversationId),
    readMessageRows(on.db, stretch),
    readNoteRows(on.db, stretch),
    readEventRows(on.db, stretch),
  ]);
  const entries: Entry[] = [
    ...messageRows.map((row) => ({ type: "message" as const, ...row })),
    ...noteRows.map((row) => ({ type: "note" as const, ...row })),
    ...eventRows.map((row) => ({ type: "event" as const, ...row })),
  ];
  // The same order as in the cursor's comparison: uuids compare like their hexadecimal texts.
  entries.sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
  const { items, nextCursor } = pageOf(entries, limit, keyOf);
  const names = await userNames(on.db, items.flatMap(peopleIn));
  const messages = items.flatMap((item) => (item.type === "message" ? [item] : []));
  const views = new Map(
    (await viewMessages(on, { head, names }, messages)).map((message) => [message.id, message]),
  );
  return {
    nextCursor,
    items: items.flatMap((entry): ThreadItem[] => {
      if (entry.type === "note")
        return [{ type: "note", at: entry.createdAt.toISOString(), note: viewNote(entry, names) }];
      if (entry.type === "event") {
        const event = viewEvent(entry, { contactName: head.contactName, names });
        return [{ type: "event", at: event.at, event }];
      }
      const message = views.get(entry.id);
      return message ? [{ type: "message", at: message.sentAt, message }] : [];
    }),
  };
}

/** What happened with a contact, newest first; 404 when this workspace has no such contact. */
export async function listContactEvents(
  db: Db,
  workspaceId: string,
  { contactId, ...query }: PageQuery & { contactId: string },
): Promise<List<ThreadEvent>> {
  const { limit, stretch } = stretchOf(workspaceId, contactId, query);
  const [contact, rows] = await Promise.all([
    readContactName(db, workspaceId, contactId),
    readEventRows(db, stretch),
  ]);
  const page = pageOf(rows, limit, keyOf);
  const names = await userNames(db, page.items.flatMap(peopleOf));
  return {
    items: page.items.map((row) => viewEvent(row, { contactName: contact, names })),
    nextCursor: page.nextCursor,
  };
}

async function readContactName(db: Db, workspaceId: string, id: string): Promise<string> {
  const [row] = await db
    .select({ name: contacts.name, psid: contacts.psid })
    .from(contacts)
    .where(and(eq(contacts.workspaceId, workspaceId), eq(contacts.id, id)));
  if (!row) throw notFound("contact");
  return displayName(row);
}

export function viewNote(row: Omit<NoteRow, "at">, names: ReadonlyMap<string, string>): Note {
  const { authorId } = row;
  const name = authorId === null ? undefined : names.get(authorId);
  return {
    id: row.id,
    author: { id: authorId, name: name ?? "Somebody who left" },
    text: row.text,
    createdAt: row.createdAt.toISOString(),
  };
}

function viewEvent(row: EventRow, context: EventTextContext): ThreadEvent {
  const actorName = row.actorUserId === null ? undefined : context.names.get(row.actorUserId);
  return {
    id: row.id,
    kind: row.kind,
    actor:
      row.actorUserId !== null && actorName !== undefined ? { id: row.actorUserId, name: actorName } : null,
    data: dataOf(row.data),
    text: eventText(row, context),
    at: row.time.toISOString(),
  };
}

function authorsOf(row: MessageRow): string[] {
  return row.authorUserId === null ? [] : [row.authorUserId];
}

function peopleIn(entry: Entry): string[] {
  if (entry.type === "message") return authorsOf(entry);
  if (entry.type === "note") return entry.authorId === null ? [] : [entry.authorId];
  return peopleOf(entry);
}
