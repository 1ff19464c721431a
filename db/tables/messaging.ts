import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  real,
  smallint,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { memberships, users, workspaces } from "./auth.ts";

export const messaging = pgSchema("messaging");

const id = () =>
  uuid()
    .primaryKey()
    .default(sql`uuidv7()`);
const time = () => timestamp({ withTimezone: true, mode: "date" });
const workspaceId = () =>
  uuid()
    .notNull()
    .references(() => workspaces.id, { onDelete: "cascade" });
/** Below pages the composite keys lead to the workspace: one more foreign key per row would only cost time. */
const ownWorkspaceId = () => uuid().notNull();
const ownId = () =>
  uuid()
    .notNull()
    .default(sql`uuidv7()`);

export const pages = messaging.table(
  "pages",
  {
    id: id(),
    workspaceId: workspaceId(),
    facebookId: text().notNull(),
    name: text().notNull(),
    pictureUrl: text(),
    followers: integer(),
    status: text({ enum: ["connected", "token_dead", "restricted", "disconnected"] }).notNull(),
    /** Why the status is what it is, in words for the owner. */
    statusReason: text(),
    tokenSealed: text(),
    /** Null: Meta says that the token does not expire by itself. */
    tokenExpiresAt: time(),
    /** App-scoped id of the person whose login gave the token; deauthorize and deletion callbacks name it. */
    connectedByAsid: text(),
    scopes: text()
      .array()
      .notNull()
      .default(sql`'{}'`),
    subscribedFields: text()
      .array()
      .notNull()
      .default(sql`'{}'`),
    humanAgent: text({ enum: ["unknown", "available", "unavailable"] })
      .notNull()
      .default("unknown"),
    checkedAt: time(),
    lastEventAt: time(),
    lastSendAt: time(),
    connectedAt: time().notNull().defaultNow(),
    createdAt: time().notNull().defaultNow(),
  },
  (t) => [
    unique("pages_workspace_id").on(t.workspaceId, t.id),
    unique("pages_workspace_facebook").on(t.workspaceId, t.facebookId),
    // One active workspace per page; inbound events find their page by this key.
    uniqueIndex("pages_active_facebook")
      .on(t.facebookId)
      .where(sql`${t.status} <> 'disconnected'`),
    check("pages_status", sql`${t.status} in ('connected', 'token_dead', 'restricted', 'disconnected')`),
    check("pages_token", sql`${t.status} = 'disconnected' or ${t.tokenSealed} is not null`),
  ],
);

/** A Facebook Login on its way: made when the dialog opens, filled when the code comes back, gone after use. */
export const facebookLogins = messaging.table("facebook_logins", {
  stateHash: text().primaryKey(),
  /** Names the login after its state was used up. */
  id: uuid()
    .notNull()
    .unique()
    .default(sql`uuidv7()`),
  workspaceId: workspaceId(),
  userId: uuid()
    .notNull()
    .references(() => users.id, { onDelete: "cascade" }),
  tokenSealed: text(),
  asid: text(),
  scopes: text()
    .array()
    .notNull()
    .default(sql`'{}'`),
  /** Set when the code came back: a state counts once. */
  usedAt: time(),
  expiresAt: time().notNull(),
  createdAt: time().notNull().defaultNow(),
});

export const contacts = messaging.table(
  "contacts",
  {
    id: ownId(),
    workspaceId: ownWorkspaceId(),
    pageId: uuid().notNull(),
    psid: text().notNull(),
    name: text(),
    firstName: text(),
    lastName: text(),
    locale: text(),
    timezone: text(),
    pictureKey: text(),
    profileState: text({ enum: ["wanted", "known", "withheld"] })
      .notNull()
      .default("wanted"),
    profileAt: time(),
    source: text().notNull().default("organic"),
    sourceDetail: jsonb(),
    subscribed: boolean().notNull().default(true),
    subscriptionReason: text(),
    subscriptionAt: time(),
    blockedAt: time(),
    /** Meta says that the person cannot be reached; an inbound message clears it. */
    unreachableAt: time(),
    unreachableReason: text(),
    /** The clock of the messaging window: Meta's time of the person's last action that opens one. */
    lastInboundAt: time(),
    /** Set by the first message after an ad click; the window may stay open until then. */
    adWindowUntil: time(),
    /** The newest click on an ad that leads into this thread. */
    adClickedAt: time(),
    /** Meta refused an attempt of this time as outside the window: closed until the person acts after it. */
    windowClosedAt: time(),
    createdAt: time().notNull().defaultNow(),
  },
  (t) => [
    unique("contacts_page_psid").on(t.pageId, t.psid),
    primaryKey({ columns: [t.workspaceId, t.id, t.pageId] }),
    foreignKey({
      columns: [t.workspaceId, t.pageId],
      foreignColumns: [pages.workspaceId, pages.id],
    }).onDelete("cascade"),
    // The list, newest first. Columns that each inbound message changes stay out of every index: their updates are HOT.
    index("contacts_list").on(t.workspaceId, t.id),
    index("contacts_name_trgm").using("gin", sql`${t.name} gin_trgm_ops`),
    check("contacts_psid", sql`${t.psid} <> ''`),
  ],
);

/** One thread per contact, so it has the contact's id. */
export const conversations = messaging.table(
  "conversations",
  {
    id: uuid().notNull(),
    workspaceId: ownWorkspaceId(),
    pageId: uuid().notNull(),
    status: text({ enum: ["open", "pending", "snoozed", "resolved"] })
      .notNull()
      .default("open"),
    snoozedUntil: time(),
    assigneeId: uuid(),
    unreadCount: integer().notNull().default(0),
    lastMessageAt: time().notNull(),
    previewText: text(),
    previewDirection: text({ enum: ["in", "out"] }).notNull(),
    /** Watermarks: every outbound message sent up to them was delivered, or read. */
    deliveredUntil: time(),
    readUntil: time(),
    /** The app that holds the thread, when Meta said that it is not ours. */
    controlledByApp: text(),
    /** Meta's time of the newest word on who holds the thread. */
    controlledAt: time(),
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
    check("conversations_status_known", sql`${t.status} in ('open', 'pending', 'snoozed', 'resolved')`),
    check("conversations_snoozed", sql`(${t.status} = 'snoozed') = (${t.snoozedUntil} is not null)`),
    check("conversations_unread", sql`${t.unreadCount} >= 0`),
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
    /** Which other app sent it, for what came from outside MessageSender. */
    appId: text(),
    text: text(),
    /** What text cannot say: quick reply and postback payloads, templates, referral, buttons. */
    content: jsonb(),
    replyToMid: text(),
    editNum: smallint().notNull().default(0),
    editedAt: time(),
    deletedAt: time(),
    /** An edit or deletion came before its message, which is still to come. */
    isPartial: boolean().notNull().default(false),
    idempotencyKey: text(),
    /** Meta's clock for what has a mid, ours for what waits. */
    sentAt: time().notNull(),
    createdAt: time().notNull().defaultNow(),
  },
  (t) => [
    // Ends duplicates, whatever path a message comes by.
    unique("messages_page_mid").on(t.pageId, t.mid),
    primaryKey({ columns: [t.workspaceId, t.id] }),
    foreignKey({
      columns: [t.workspaceId, t.conversationId, t.pageId],
      foreignColumns: [conversations.workspaceId, conversations.id, conversations.pageId],
    }).onDelete("cascade"),
    // The thread, newest first.
    index("messages_thread").on(t.conversationId, t.sentAt, t.id),
    index("messages_text_trgm").using("gin", sql`${t.text} gin_trgm_ops`),
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

/** Comments on the page's posts: whoever wrote one may get one private reply within seven days. */
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
    unique("comments_page_comment").on(t.pageId, t.commentId),
    foreignKey({
      columns: [t.workspaceId, t.pageId],
      foreignColumns: [pages.workspaceId, pages.id],
    }).onDelete("cascade"),
  ],
);

/** What a delivery carries: one row for a reply, one shared row for everybody in a campaign. */
export const contents = messaging.table(
  "contents",
  {
    id: id(),
    workspaceId: workspaceId(),
    /** The `message` object of the Send API, without metadata. */
    message: jsonb().notNull(),
    createdAt: time().notNull().defaultNow(),
  },
  (t) => [unique("contents_workspace_id").on(t.workspaceId, t.id)],
);

const laneClass = ["reply", "utility", "campaign", "media", "private_reply"] as const;

/** A lane is (page, class): what one worker sends from at a time, at the pace that Meta allows. */
export const lanes = messaging.table(
  "lanes",
  {
    workspaceId: ownWorkspaceId(),
    pageId: uuid().notNull(),
    class: text({ enum: laneClass }).notNull(),
    /** Null: nothing waits. Else the claim asks for the lane from then on. */
    nextEligibleAt: time(),
    /** Why it waits, in words, while Meta or the owner holds it back. */
    heldReason: text(),
    /** Nothing is asked before then; "infinity" until somebody mends what holds it. */
    heldUntil: time(),
    /** Holds in a row without a message accepted between; each makes the next one longer. */
    holds: smallint().notNull().default(0),
    leasedBy: uuid(),
    leasedUntil: time(),
    /** Grows with each lease, so that a worker which lost its lease cannot give back or renew another's. */
    epoch: bigint({ mode: "number" }).notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.pageId, t.class] }),
    foreignKey({
      columns: [t.workspaceId, t.pageId],
      foreignColumns: [pages.workspaceId, pages.id],
    }).onDelete("cascade"),
    index("lanes_due")
      .on(t.nextEligibleAt)
      .where(sql`${t.nextEligibleAt} is not null`),
    check("lanes_class", sql`${t.class} in ('reply', 'utility', 'campaign', 'media', 'private_reply')`),
  ],
);

/**
 * The pace of a page, drawn from in the claim's transaction: Meta counts a page's calls per rolling second, whatever
 * lane they come from. Slots are times. `open` is for every lane; `reserve` holds a fifth that only replies may take.
 */
export const paces = messaging.table(
  "paces",
  {
    workspaceId: ownWorkspaceId(),
    pageId: uuid().notNull(),
    /** text: everything else · media: audio and video · lookup: the Conversations API. Meta limits them apart. */
    kind: text({ enum: ["text", "media", "lookup"] }).notNull(),
    /** Meta's limit, which may be changed while workers run. */
    limitPerSecond: real().notNull(),
    /** Share of the limit that is used; a throttle halves it, time brings it back. */
    share: real().notNull().default(1),
    shareAt: time().notNull().defaultNow(),
    throttledAt: time(),
    /** The next free time of each row of slots. */
    openAt: time().notNull().defaultNow(),
    reserveAt: time().notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.pageId, t.kind] }),
    foreignKey({
      columns: [t.workspaceId, t.pageId],
      foreignColumns: [pages.workspaceId, pages.id],
    }).onDelete("cascade"),
    check("paces_kind", sql`${t.kind} in ('text', 'media', 'lookup')`),
    check("paces_limit", sql`${t.limitPerSecond} > 0 and ${t.share} > 0 and ${t.share} <= 1`),
  ],
);

/** The ledger: one row per intended message, whoever caused it. */
export const deliveries = messaging.table(
  "deliveries",
  {
    id: id(),
    workspaceId: ownWorkspaceId(),
    pageId: uuid().notNull(),
    contactId: uuid().notNull(),
    psid: text().notNull(),
    class: text({ enum: laneClass }).notNull(),
    contentId: uuid().notNull(),
    messageId: uuid(),
    /** A signed-in person wrote it; only then may policy choose HUMAN_AGENT. */
    byUserId: uuid().references(() => users.id, { onDelete: "set null" }),
    state: text({
      enum: ["queued", "leased", "sending", "sent", "unknown", "failed", "skipped", "cancelled"],
    }).notNull(),
    /** failed: error class · skipped: the policy's reason. */
    reason: text(),
    errorCode: integer(),
    errorSubcode: integer(),
    errorText: text(),
    /** How policy let it go out, and the facts that it used. */
    route: text(),
    decision: jsonb(),
    attempts: smallint().notNull().default(0),
    /** Travels in message.metadata; the echo brings it back. */
    attemptId: uuid(),
    attemptAt: time(),
    laneEpoch: bigint({ mode: "number" }),
    /** How often Meta's answer got lost; after the second time nothing is sent again by itself. */
    unknowns: smallint().notNull().default(0),
    /** queued: not before then · unknown: when to ask Meta. */
    dueAt: time().notNull().defaultNow(),
    traceId: text(),
    createdAt: time().notNull().defaultNow(),
    settledAt: time(),
  },
  (t) => [
    unique("deliveries_message").on(t.messageId),
    unique("deliveries_attempt").on(t.attemptId),
    foreignKey({
      columns: [t.workspaceId, t.contactId, t.pageId],
      foreignColumns: [contacts.workspaceId, contacts.id, contacts.pageId],
    }).onDelete("cascade"),
    foreignKey({
      columns: [t.workspaceId, t.messageId],
      foreignColumns: [messages.workspaceId, messages.id],
    }).onDelete("cascade"),
    foreignKey({
      columns: [t.workspaceId, t.contentId],
      foreignColumns: [contents.workspaceId, contents.id],
    }),
    // The claim: one lane's waiting rows, in order.
    index("deliveries_waiting")
      .on(t.pageId, t.class, t.dueAt, t.id)
      .where(sql`${t.state} = 'queued'`),
    // The order within a thread: is an earlier message to this person still open?
    index("deliveries_contact_open")
      .on(t.contactId, t.id)
      .where(sql`${t.state} in ('queued', 'leased', 'sending', 'unknown')`),
    // Recovery: what was on its way when a worker died, and what waits for its echo.
    index("deliveries_in_flight")
      .on(t.pageId, t.class)
      .where(sql`${t.state} in ('leased', 'sending', 'unknown')`),
    check(
      "deliveries_state",
      sql`${t.state} in ('queued', 'leased', 'sending', 'sent', 'unknown', 'failed', 'skipped', 'cancelled')`,
    ),
    check("deliveries_reason", sql`${t.state} not in ('failed', 'skipped') or ${t.reason} is not null`),
    check(
      "deliveries_attempt_id",
      sql`${t.state} not in ('sending', 'unknown') or ${t.attemptId} is not null`,
    ),
  ],
);
