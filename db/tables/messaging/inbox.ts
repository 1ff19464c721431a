import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  primaryKey,
  smallint,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { memberships, users } from "../auth.ts";
import { pages } from "./pages.ts";
import { contacts } from "./contacts.ts";
import { id, messaging, ownId, ownWorkspaceId, time, wordsIndex } from "./schema.ts";

/** One thread per contact, so it has the contact's id. */
export const conversations = messaging.table(
  "conversations",
  {
    id: uuid().notNull(),
    workspaceId: ownWorkspaceId(),
    pageId: uuid().notNull(),
    status: text({ enum: ["open", "pending", "snoozed", "resolved", "spam"] })
      .notNull()
      .default("open"),
    snoozedUntil: time(),
    assigneeId: uuid(),
    unreadCount: integer().notNull().default(0),
    lastMessageAt: time().notNull(),
    previewText: text(),
    /** Whose words the preview has; a note is a colleague's. */
    previewDirection: text({ enum: ["in", "out", "note"] }).notNull(),
    /** Watermarks: every outbound message sent up to them was delivered, or read. */
    deliveredUntil: time(),
    readUntil: time(),
    /**
     * Control of the thread, from the newest handover, standby event or refused message. requested: another app
     * holds it, and we requested it. idle: no app holds it. unknown: Meta has sent no event about it.
     */
    control: text({ enum: ["unknown", "ours", "other", "requested", "idle"] })
      .notNull()
      .default("unknown"),
    /** The other app, where Meta named it. */
    controlledByApp: text(),
    /** Meta's time of that newest word. */
    controlledAt: time(),
    /** Meta's time of the newest message that came to us and not by standby: no other app held the thread then. */
    heldAt: time(),
    createdAt: time().notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id, t.pageId] }),
    foreignKey({
      columns: [t.workspaceId, t.id, t.pageId],
      foreignColumns: [contacts.workspaceId, contacts.id, contacts.pageId],
    }).onDelete("cascade"),
    foreignKey({
      columns: [t.workspaceId, t.assigneeId],
      foreignColumns: [memberships.workspaceId, memberships.userId],
    }),
    // All of one status, newest first. Ascending and read backwards, here and below: that serves a plain
    // "order by … desc", which an index made with desc (nulls last) does not, and new rows go to its right end.
    index("conversations_status").on(t.workspaceId, t.status, t.lastMessageAt, t.id),
    // Mine and unassigned (assignee null), newest first.
    index("conversations_assignee").on(t.workspaceId, t.assigneeId, t.status, t.lastMessageAt, t.id),
    // The unread ones: their list, their number in the counts, and the unassigned ones, for the assignment rules. By the
    // other indexes each of these reads every open one where few are unread.
    index("conversations_unread")
      .on(t.workspaceId, t.status, t.lastMessageAt, t.id, t.assigneeId)
      .where(sql`${t.unreadCount} > 0`)
      .concurrently(),
    // Those of one page: its list and its count. By the other indexes both read every open one beside a large page.
    index("conversations_page").on(t.workspaceId, t.pageId, t.status, t.lastMessageAt, t.id).concurrently(),
    check(
      "conversations_status_known",
      sql`${t.status} in ('open', 'pending', 'snoozed', 'resolved', 'spam')`,
    ),
    check("conversations_snoozed", sql`(${t.status} = 'snoozed') = (${t.snoozedUntil} is not null)`),
    check("conversations_unread", sql`${t.unreadCount} >= 0`),
    check(
      "conversations_control",
      sql`${t.control} in ('unknown', 'ours', 'other', 'requested', 'idle')
        and (${t.controlledByApp} is null or ${t.control} in ('other', 'requested'))`,
    ),
    // Spam never waits for an answer.
    check("conversations_spam_read", sql`${t.status} <> 'spam' or ${t.unreadCount} = 0`),
  ],
);

export const messages = messaging.table(
  "messages",
  {
    id: ownId(),
    workspaceId: ownWorkspaceId(),
    conversationId: uuid().notNull(),
    pageId: uuid().notNull(),
    /** Meta's id; for an event without one, a key made from its content; null until Meta accepted our message. */
    mid: text(),
    direction: text({ enum: ["in", "out"] }).notNull(),
    kind: text({ enum: ["message", "postback", "template"] })
      .notNull()
      .default("message"),
    authorKind: text({ enum: ["contact", "user", "automation", "external"] }).notNull(),
    authorUserId: uuid().references(() => users.id, { onDelete: "set null" }),
    /** The other app that sent it, for messages from outside MessageSender. */
    appId: text(),
    text: text(),
    /** Parts beside the text: quick reply and postback payloads, templates, referral, buttons. */
    content: jsonb(),
    replyToMid: text(),
    editNum: smallint().notNull().default(0),
    editedAt: time(),
    deletedAt: time(),
    /** An edit or deletion came before its message, which is still to come. */
    isPartial: boolean().notNull().default(false),
    idempotencyKey: text(),
    /** Meta's clock for messages with a mid, ours for waiting ones. */
    sentAt: time().notNull(),
    createdAt: time().notNull().defaultNow(),
  },
  (t) => [
    // Prevents duplicates on every path by which a message arrives.
    unique("messages_page_mid").on(t.pageId, t.mid),
    primaryKey({ columns: [t.workspaceId, t.id] }),
    foreignKey({
      columns: [t.workspaceId, t.conversationId, t.pageId],
      foreignColumns: [conversations.workspaceId, conversations.id, conversations.pageId],
    }).onDelete("cascade"),
    // The thread, newest first.
    index("messages_thread").on(t.conversationId, t.sentAt, t.id),
    wordsIndex("messages_words", t.text),
    uniqueIndex("messages_idempotency")
      .on(t.workspaceId, t.idempotencyKey)
      .where(sql`${t.idempotencyKey} is not null`),
    check("messages_author", sql`(${t.direction} = 'in') = (${t.authorKind} = 'contact')`),
    check("messages_inbound_mid", sql`${t.direction} = 'out' or ${t.mid} is not null`),
  ],
);

export const attachments = messaging.table(
  "attachments",
  {
    id: id(),
    workspaceId: ownWorkspaceId(),
    messageId: uuid().notNull(),
    position: smallint().notNull(),
    /** Meta's word: image, video, audio, file, sticker, reel, post, fallback, template, location, … */
    type: text().notNull(),
    title: text(),
    sourceUrl: text(),
    payload: jsonb(),
    /** none: nothing to copy · wanted: a job will copy it · stored · failed: see error. */
    fileState: text({ enum: ["none", "wanted", "stored", "failed"] }).notNull(),
    fileKey: text(),
    fileName: text(),
    mimeType: text(),
    bytes: bigint({ mode: "number" }),
    error: text(),
    createdAt: time().notNull().defaultNow(),
  },
  (t) => [
    unique("attachments_message_position").on(t.messageId, t.position),
    foreignKey({
      columns: [t.workspaceId, t.messageId],
      foreignColumns: [messages.workspaceId, messages.id],
    }).onDelete("cascade"),
    check("attachments_stored", sql`${t.fileState} <> 'stored' or ${t.fileKey} is not null`),
  ],
);

/** The last reaction of each side to a message; it may come before the message itself. */
export const reactions = messaging.table(
  "reactions",
  {
    workspaceId: ownWorkspaceId(),
    pageId: uuid().notNull(),
    mid: text().notNull(),
    actor: text({ enum: ["contact", "page"] }).notNull(),
    /** Null after the person took it back. */
    emoji: text(),
    reaction: text(),
    at: time().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.pageId, t.mid, t.actor] }),
    foreignKey({
      columns: [t.workspaceId, t.pageId],
      foreignColumns: [pages.workspaceId, pages.id],
    }).onDelete("cascade"),
  ],
);

/** Everything else that happened in a thread or on a page: opt-ins, referrals, handovers, assignment, status, … */
export const events = messaging.table(
  "events",
  {
    id: id(),
    workspaceId: ownWorkspaceId(),
    pageId: uuid().notNull(),
    conversationId: uuid(),
    /** Made from the event's own content; ends duplicates. */
    key: text().notNull(),
    kind: text().notNull(),
    actorUserId: uuid().references(() => users.id, { onDelete: "set null" }),
    data: jsonb().notNull(),
    at: time().notNull(),
    createdAt: time().notNull().defaultNow(),
  },
  (t) => [
    unique("events_page_key").on(t.pageId, t.key),
    foreignKey({
      columns: [t.workspaceId, t.pageId],
      foreignColumns: [pages.workspaceId, pages.id],
    }).onDelete("cascade"),
    foreignKey({
      columns: [t.workspaceId, t.conversationId, t.pageId],
      foreignColumns: [conversations.workspaceId, conversations.id, conversations.pageId],
    }).onDelete("cascade"),
    // The quiet lines between the messages of a thread.
    index("events_thread")
      .on(t.conversationId, t.at, t.id)
      .where(sql`${t.conversationId} is not null`),
    // Segments: who opted in to notifications. Few events are of this kind, so that it costs the others nothing.
    index("events_optins")
      .on(t.conversationId)
      .where(sql`${t.kind} = 'optin'`),
  ],
);

export const notes = messaging.table(
  "notes",
  {
    id: id(),
    workspaceId: ownWorkspaceId(),
    conversationId: uuid().notNull(),
    pageId: uuid().notNull(),
    authorId: uuid().references(() => users.id, { onDelete: "set null" }),
    text: text().notNull(),
    createdAt: time().notNull().defaultNow(),
  },
  (t) => [
    foreignKey({
      columns: [t.workspaceId, t.conversationId, t.pageId],
      foreignColumns: [conversations.workspaceId, conversations.id, conversations.pageId],
    }).onDelete("cascade"),
    index("notes_thread").on(t.conversationId, t.createdAt, t.id),
  ],
);

/** Comments on the page's posts: the author of each can get one private reply within seven days. */
export const comments = messaging.table(
  "comments",
  {
    id: id(),
    workspaceId: ownWorkspaceId(),
    pageId: uuid().notNull(),
    commentId: text().notNull(),
    postId: text(),
    parentId: text(),
    fromId: text(),
    fromName: text(),
    text: text(),
    hidden: boolean().notNull().default(false),
    /** Meta's time of the newest change applied; an older one that arrives later changes nothing. */
    changedAt: time().notNull(),
    removedAt: time(),
    createdAt: time().notNull(),
  },
  (t) => [
    unique("comments_workspace_id").on(t.workspaceId, t.id),
    unique("comments_page_comment").on(t.pageId, t.commentId),
    foreignKey({
      columns: [t.workspaceId, t.pageId],
      foreignColumns: [pages.workspaceId, pages.id],
    }).onDelete("cascade"),
  ],
);
