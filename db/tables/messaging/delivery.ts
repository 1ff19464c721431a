import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  primaryKey,
  real,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { users } from "../auth.ts";
import { pages } from "./pages.ts";
import { contacts } from "./contacts.ts";
import { comments, messages } from "./inbox.ts";
import { id, messaging, ownWorkspaceId, time } from "./schema.ts";

/** One row while Meta holds the whole app: no page sends before its time. Gone with the first message that is sent after it. */
export const appHolds = messaging.table(
  "app_holds",
  {
    id: boolean().primaryKey().default(true),
    /** In words. */
    reason: text().notNull(),
    /** Replies of members are still sent. */
    areRepliesFree: boolean().notNull(),
    /** Holds in a row without a message sent between; each is twice as long. */
    holds: integer().notNull(),
    heldUntil: time().notNull(),
  },
  (t) => [check("app_holds_one", sql`${t.id}`)],
);

const laneClass = ["reply", "utility", "campaign", "media", "private_reply"] as const;

/** A lane is (page, class): its waiting messages are sent at the pace of the page. */
export const lanes = messaging.table(
  "lanes",
  {
    workspaceId: ownWorkspaceId(),
    pageId: uuid().notNull(),
    class: text({ enum: laneClass }).notNull(),
    /** Null: nothing waits. Otherwise the claim considers the lane from this time on. */
    nextEligibleAt: time(),
    /** Why it waits, in words, while Meta or the owner holds it back. */
    heldReason: text(),
    /** The claim skips the lane until then; "infinity" until somebody fixes the reason. */
    heldUntil: time(),
    /** Holds in a row without a message accepted between; each makes the next one longer. */
    holds: smallint().notNull().default(0),
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
 * The pace of a page: Meta counts a page's calls per rolling second over all lanes. One worker at a time
 * sends for it, and counts its calls exactly.
 */
export const paces = messaging.table(
  "paces",
  {
    workspaceId: ownWorkspaceId(),
    pageId: uuid().notNull(),
    /** text: everything else · media: audio and video · lookup: the Conversations API. Meta limits them apart. */
    kind: text({ enum: ["text", "media", "lookup"] }).notNull(),
    /** text: as chosen, up to Meta's limit · others: Meta's limit. It can change while workers run. */
    limitPerSecond: real().notNull(),
    /** Share of the limit that is used; a throttle halves it, time brings it back. */
    share: real().notNull().default(1),
    shareAt: time().notNull().defaultNow(),
    throttledAt: time(),
    /** lookup: the next free time. */
    openAt: time().notNull().defaultNow(),
    /** The sending process. Null while `leased_until` is in the future: it was released, and Meta's window must pass first. */
    leasedBy: uuid(),
    leasedUntil: time(),
    /** Grows with each lease, so that a worker which lost its lease cannot give back or renew another's. */
    epoch: bigint({ mode: "number" }).notNull().default(0),
    /** text: people whom the page can message, counted now and then; Meta allows 200 calls in 24 hours for each. */
    engaged: integer(),
    engagedAt: time(),
  },
  (t) => [
    primaryKey({ columns: [t.pageId, t.kind] }),
    foreignKey({
      columns: [t.workspaceId, t.pageId],
      foreignColumns: [pages.workspaceId, pages.id],
    }).onDelete("cascade"),
    check("paces_kind", sql`${t.kind} in ('text', 'media', 'lookup')`),
    // Meta takes no more of a page, except for lookups, which are its own to refuse.
    check(
      "paces_limit",
      sql`case ${t.kind} when 'text' then ${t.limitPerSecond} between 1 and 300
        when 'media' then ${t.limitPerSecond} > 0 and ${t.limitPerSecond} <= 10 else ${t.limitPerSecond} > 0 end
        and ${t.share} > 0 and ${t.share} <= 1`,
    ),
  ],
);

/** How many calls of the Send API a page made, by hour, as far as Meta's limit of 24 hours looks back. */
export const pageCalls = messaging.table(
  "page_calls",
  {
    workspaceId: ownWorkspaceId(),
    pageId: uuid().notNull(),
    hour: time().notNull(),
    calls: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.pageId, t.hour] }),
    foreignKey({
      columns: [t.workspaceId, t.pageId],
      foreignColumns: [pages.workspaceId, pages.id],
    }).onDelete("cascade"),
  ],
);

/** Whose a row is within its campaign, step and page: the contact's, or its own where there is none, or a commenter. */
const personKey = (t: Record<"id" | "contactId" | "commentId", AnyPgColumn>) =>
  sql`(case when ${t.commentId} is null then coalesce(${t.contactId}, ${t.id}) else ${t.id} end)`;

/** The ledger: one row per intended message, of members and automations alike. */
export const deliveries = messaging.table(
  "deliveries",
  {
    id: id(),
    workspaceId: ownWorkspaceId(),
    pageId: uuid().notNull(),
    /** Null only for a private reply to a person without a thread, and after the contact was deleted. */
    contactId: uuid(),
    /** Whom it is for; for a private reply the commenter's id; "deleted:" and the row's id after the deletion. */
    psid: text().notNull(),
    /** The comment that a private reply answers. */
    commentId: uuid(),
    class: text({ enum: laneClass }).notNull(),
    contentId: uuid().notNull(),
    /** The message in the thread. Campaigns have none: the thread shows their deliveries themselves. */
    messageId: uuid(),
    campaignId: uuid(),
    /** Of a sequence the round of the person and the number of the step: (round - 1) * 1000 + number; 0 otherwise. */
    step: integer().notNull().default(0),
    variant: smallint().notNull().default(0),
    /** The values of the content's variables. */
    fills: jsonb(),
    /** Meta's id of a message that has no row of its own in the thread. */
    mid: text(),
    /** A signed-in person wrote it; only then may policy choose HUMAN_AGENT. */
    byUserId: uuid().references(() => users.id, { onDelete: "set null" }),
    /** It answers the person's own word that ended or renewed consent; policy lets it out although they want no more. */
    confirmsConsent: boolean(),
    /** leased: a claim goes to sending at once and writes it no more; the checks and indexes below still name it. */
    state: text({
      enum: ["queued", "leased", "sending", "sent", "unknown", "failed", "skipped", "cancelled"],
    }).notNull(),
    /** failed: error class · skipped: the policy's reason. */
    reason: text(),
    errorCode: integer(),
    errorSubcode: integer(),
    errorText: text(),
    /** The policy's decision and the facts that it used. */
    route: text(),
    decision: jsonb(),
    attempts: smallint().notNull().default(0),
    /** Travels with the id in message.metadata; the echo brings both back. */
    attemptId: uuid(),
    attemptAt: time(),
    laneEpoch: bigint({ mode: "number" }),
    /** How often Meta's answer got lost; after the fifth time nothing is sent again by itself. */
    unknowns: smallint().notNull().default(0),
    /** queued: not before then · unknown: when to ask Meta. */
    dueAt: time().notNull().defaultNow(),
    traceId: text(),
    createdAt: time().notNull().defaultNow(),
    settledAt: time(),
  },
  (t) => [
    uniqueIndex("deliveries_message")
      .on(t.messageId)
      .where(sql`${t.messageId} is not null`),
    // Nobody gets a campaign's message twice. By contact, which is one person on one page: a plan writes contacts in the
    // order of this key. Replies are not in it: no plan looks for one person's among all.
    uniqueIndex("deliveries_campaign_person")
      .on(t.campaignId, t.step, t.pageId, personKey(t))
      .where(sql`${t.campaignId} is not null`),
    // Commenters need not be contacts. Meta allows one private reply to a comment.
    uniqueIndex("deliveries_campaign_commenter")
      .on(t.campaignId, t.pageId, t.psid)
      .where(sql`${t.campaignId} is not null and ${t.commentId} is not null`),
    uniqueIndex("deliveries_comment")
      .on(t.commentId)
      .where(sql`${t.commentId} is not null and ${t.state} not in ('failed', 'skipped', 'cancelled')`),
    // Echoes without metadata, and quotations of campaign messages.
    uniqueIndex("deliveries_mid")
      .on(t.pageId, t.mid)
      .where(sql`${t.mid} is not null`),
    foreignKey({
      columns: [t.workspaceId, t.contactId, t.pageId],
      foreignColumns: [contacts.workspaceId, contacts.id, contacts.pageId],
    }).onDelete("cascade"),
    // No foreign keys to the campaign and to the content: they are a fifth of the time of a plan, and lock one hot row a
    // million times. Only drafts are deleted, which have no deliveries; contents go with their workspace, as contacts do.
    foreignKey({
      columns: [t.workspaceId, t.commentId],
      foreignColumns: [comments.workspaceId, comments.id],
    }).onDelete("cascade"),
    foreignKey({
      columns: [t.workspaceId, t.messageId],
      foreignColumns: [messages.workspaceId, messages.id],
    }).onDelete("cascade"),
    // The claim: one lane's waiting rows of one campaign (or of none: replies), in order. And a campaign's remaining
    // messages: "finished" means no rows here and none in flight.
    index("deliveries_waiting")
      .on(t.campaignId, t.pageId, t.class, t.dueAt, t.id)
      .where(sql`${t.state} = 'queued'`),
    // Few rows: whom a campaign failed to reach, for its list and for sending again.
    index("deliveries_campaign_failed")
      .on(t.campaignId, t.pageId, personKey(t))
      .where(sql`${t.campaignId} is not null and ${t.state} = 'failed'`),
    // Its list of skipped people. Rows that are planned as skipped are in no index of waiting rows.
    index("deliveries_campaign_skipped")
      .on(t.campaignId, t.pageId, personKey(t))
      .where(sql`${t.campaignId} is not null and ${t.state} = 'skipped'`),
    // The thread shows campaign messages at their time; the cap counts messages within its hours; deleting a contact
    // finds its rows. With the campaign, so that a person's many replies are passed over without a look at their rows. One
    // for all of these: each entry is written for each message.
    index("deliveries_contact").on(t.contactId, t.settledAt, t.campaignId),
    // The order within a thread: is an earlier reply to this person still open? Campaigns have no order.
    index("deliveries_contact_open")
      .on(t.contactId, t.id)
      .where(sql`${t.campaignId} is null and ${t.state} in ('queued', 'leased', 'sending', 'unknown')`),
    // Is a message in flight to this person? And recovery: messages in flight when a worker died, messages without their echo.
    // And a campaign's end. There is no index by campaign, because every sent message would write an entry.
    index("deliveries_in_flight")
      .on(t.contactId)
      .where(sql`${t.state} in ('leased', 'sending', 'unknown')`),
    check(
      "deliveries_state",
      sql`${t.state} in ('queued', 'leased', 'sending', 'sent', 'unknown', 'failed', 'skipped', 'cancelled')`,
    ),
    check(
      "deliveries_person",
      sql`${t.contactId} is not null or ${t.commentId} is not null or ${t.psid} like 'deleted:%'`,
    ),
    check("deliveries_reason", sql`${t.state} not in ('failed', 'skipped') or ${t.reason} is not null`),
    check(
      "deliveries_attempt_id",
      sql`${t.state} not in ('sending', 'unknown') or ${t.attemptId} is not null`,
    ),
  ],
);

/**
 * When Meta's watermarks first reached a campaign's message. Not columns of the ledger: an update of its wide rows would
 * be the largest part of storing a receipt, and would wait for the transaction that settles them. Without a row the time is unknown.
 */
export const receipts = messaging.table("receipts", {
  deliveryId: uuid()
    .primaryKey()
    .references(() => deliveries.id, { onDelete: "cascade" }),
  /** Null where it was read at a known time, and delivered at an unknown one. */
  deliveredAt: time(),
  readAt: time(),
});

/** A person's first click on a link of a delivery. */
export const clicks = messaging.table(
  "clicks",
  {
    deliveryId: uuid()
      .notNull()
      .references(() => deliveries.id, { onDelete: "cascade" }),
    /** Which of the content's links. */
    link: smallint().notNull(),
    clickedAt: time().notNull().defaultNow(),
    times: integer().notNull().default(1),
  },
  (t) => [primaryKey({ columns: [t.deliveryId, t.link] })],
);
