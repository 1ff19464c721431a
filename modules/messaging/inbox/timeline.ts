import type { Sql } from "postgres";
import { decodeTimeKey, isoTime, micros } from "#db";
import { notFound, type PageQuery, pageOf } from "#std";
import { displayName } from "../contacts/mod.ts";
import { withoutOptInTokens } from "../inbound/mod.ts";
import { eventText, dataOf } from "./event_text.ts";
import { type TimelineDeps, type TimelineHead, viewMessages } from "./message_view.ts";
import type { Message, Note, TimelineEvent, TimelineItem } from "./schema.ts";
import { readCampaignRow, readCampaignRows } from "./timeline_campaigns.ts";
import {
  type EventRow,
  type MessageRow,
  type NoteRow,
  readEventRows,
  readMessageRow,
  readMessageRows,
  readNoteRows,
  type Stretch,
} from "./timeline_rows.ts";

/** Events name apps; ours is found by its id at Meta. */
export interface EventDeps {
  sql: Sql;
  graph: { appId: string };
}

interface List<Item> {
  items: Item[];
  nextCursor: string | null;
}

interface Named {
  name: string | null;
  psid: string;
}

const keyOf = (row: { at: number; id: string }) => [row.at, row.id] as const;

/** The same order as in the cursor's comparison: uuids compare like their hexadecimal texts. */
const newestFirst = (a: { at: number; id: string }, b: { at: number; id: string }) =>
  b.at - a.at || (a.id < b.id ? 1 : -1);

async function readHead(sql: Sql, workspaceId: string, conversationId: string): Promise<TimelineHead> {
  const [row] = await sql<(Pick<TimelineHead, "deliveredUntil" | "readUntil"> & Named)[]>`
    select ${micros(sql, "c.delivered_until")} as "deliveredUntil", ${micros(sql, "c.read_until")} as "readUntil",
      p.name, p.psid
    from messaging.conversations c
    join messaging.contacts p on p.workspace_id = c.workspace_id and p.id = c.id
    where c.workspace_id = ${workspaceId} and c.id = ${conversationId}`;
  if (!row) throw notFound("conversation");
  return {
    id: conversationId,
    workspaceId,
    contactName: displayName(row),
    deliveredUntil: row.deliveredUntil,
    readUntil: row.readUntil,
  };
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
  on: TimelineDeps,
  workspaceId: string,
  { conversationId, ...query }: PageQuery & { conversationId: string },
): Promise<List<Message>> {
  const { limit, stretch } = stretchOf(workspaceId, conversationId, query);
  const [head, messages, ofCampaigns] = await Promise.all([
    readHead(on.sql, workspaceId, conversationId),
    readMessageRows(on.sql, stretch),
    readCampaignRows(on.sql, stretch),
  ]);
  const page = pageOf([...messages, ...ofCampaigns].toSorted(newestFirst), limit, keyOf);
  return { items: await viewMessages(on, head, page.items), nextCursor: page.nextCursor };
}

/** One message as lists show it; 404 when it is not in this conversation of this workspace. */
export async function readMessage(
  on: TimelineDeps,
  workspaceId: string,
  { conversationId, messageId }: { conversationId: string; messageId: string },
): Promise<Message> {
  const named = { conversationId, messageId };
  const [head, own, ofCampaign] = await Promise.all([
    readHead(on.sql, workspaceId, conversationId),
    readMessageRow(on.sql, workspaceId, named),
    readCampaignRow(on.sql, workspaceId, named),
  ]);
  const row = own ?? ofCampaign;
  if (!row) throw notFound("message");
  const [message] = await viewMessages(on, head, [row]);
  if (!message) throw notFound("message");
  return message;
}

type Entry =
  ({ type: "message" } & MessageRow) | ({ type: "note" } & NoteRow) | ({ type: "event" } & EventRow);

/**
 * Messages, campaign messages, notes and events of a conversation in one order, newest first. Reads one page of each
 * kind by its own index; the newest page of all is among these.
 */
export async function readTimeline(
  on: TimelineDeps & EventDeps,
  workspaceId: string,
  { conversationId, ...query }: PageQuery & { conversationId: string },
): Promise<List<TimelineItem>> {
  const { limit, stretch } = stretchOf(workspaceId, conversationId, query);
  const [head, messageRows, campaignRows, noteRows, eventRows] = await Promise.all([
    readHead(on.sql, workspaceId, conversationId),
    readMessageRows(on.sql, stretch),
    readCampaignRows(on.sql, stretch),
    readNoteRows(on.sql, stretch),
    readEventRows(on.sql, stretch),
  ]);
  const entries: Entry[] = [
    ...[...messageRows, ...campaignRows].map((row) => ({ type: "message" as const, ...row })),
    ...noteRows.map((row) => ({ type: "note" as const, ...row })),
    ...eventRows.map((row) => ({ type: "event" as const, ...row })),
  ];
  entries.sort(newestFirst);
  const { items, nextCursor } = pageOf(entries, limit, keyOf);
  const messages = items.flatMap((item) => (item.type === "message" ? [item] : []));
  const views = new Map((await viewMessages(on, head, messages)).map((message) => [message.id, message]));
  return {
    nextCursor,
    items: items.flatMap((entry): TimelineItem[] => {
      if (entry.type === "note") {
        const note = viewNote(entry);
        return [{ type: "note", at: note.createdAt, note }];
      }
      if (entry.type === "event") {
        const event = viewEvent(on, entry, head.contactName);
        return [{ type: "event", at: event.at, event }];
      }
      const message = views.get(entry.id);
      return message ? [{ type: "message", at: message.sentAt, message }] : [];
    }),
  };
}

/** Events of a contact, newest first; 404 for an unknown contact. */
export async function listContactEvents(
  on: EventDeps,
  workspaceId: string,
  { contactId, ...query }: PageQuery & { contactId: string },
): Promise<List<TimelineEvent>> {
  const { limit, stretch } = stretchOf(workspaceId, contactId, query);
  const [contact, rows] = await Promise.all([
    readContactName(on.sql, workspaceId, contactId),
    readEventRows(on.sql, stretch),
  ]);
  const page = pageOf(rows, limit, keyOf);
  return { items: page.items.map((row) => viewEvent(on, row, contact)), nextCursor: page.nextCursor };
}

/** Notes about a contact, newest first; 404 for an unknown contact. */
export async function listContactNotes(
  sql: Sql,
  workspaceId: string,
  { contactId, ...query }: PageQuery & { contactId: string },
): Promise<List<Note>> {
  const { limit, stretch } = stretchOf(workspaceId, contactId, query);
  const [rows] = await Promise.all([
    readNoteRows(sql, stretch),
    readContactName(sql, workspaceId, contactId),
  ]);
  const page = pageOf(rows, limit, keyOf);
  return { items: page.items.map(viewNote), nextCursor: page.nextCursor };
}

async function readContactName(sql: Sql, workspaceId: string, id: string): Promise<string> {
  const [row] = await sql<Named[]>`
    select name, psid from messaging.contacts where workspace_id = ${workspaceId} and id = ${id}`;
  if (!row) throw notFound("contact");
  return displayName(row);
}

export function viewNote(row: Omit<NoteRow, "at">): Note {
  return {
    id: row.id,
    author: { id: row.authorId, name: row.authorName ?? "Somebody who left" },
    text: row.text,
    createdAt: isoTime(row.createdAt),
  };
}

function viewEvent({ graph }: EventDeps, row: EventRow, contactName: string): TimelineEvent {
  const { actorUserId, actorName } = row;
  const data = withoutOptInTokens(dataOf(row.data));
  return {
    id: row.id,
    kind: row.kind,
    actor: actorUserId !== null && actorName !== null ? { id: actorUserId, name: actorName } : null,
    data,
    ...eventText(row, { data, contactName, ownAppId: graph.appId }),
    at: isoTime(row.time),
  };
}
