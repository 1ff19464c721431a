import { sql } from "drizzle-orm";
import { boolean, check, foreignKey, index, integer, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { users } from "../auth.ts";
import { campaigns } from "./campaigns.ts";
import { conversations } from "./inbox.ts";
import { pages } from "./pages.ts";
import { id, messaging, time, workspaceId } from "./schema.ts";

const kinds = [
  "campaign-soon",
  "campaign-paused",
  "campaign-finished",
  "approval-asked",
  "approval-given",
  "approval-refused",
  "approval-overdue",
  "mention",
  "assigned",
  "page-trouble",
  "page-mended",
] as const;

/** What a person switches on and off together. */
export const notificationTopics = ["assigned", "mention", "campaign", "approval", "page"] as const;

/** Notifications, one row for each person; old rows are pruned. */
export const notifications = messaging.table(
  "notifications",
  {
    id: id(),
    workspaceId: workspaceId(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    kind: text({ enum: kinds }).notNull(),
    /** Its subject: a campaign, a conversation on a page, or a page. */
    campaignId: uuid(),
    conversationId: uuid(),
    pageId: uuid(),
    /** How many further conversations it is about. */
    others: integer().notNull().default(0),
    /** The person who did it, if the sentence names them. */
    actorUserId: uuid().references(() => users.id, { onDelete: "set null" }),
    /** Why, in words. */
    detail: text(),
    /** When the campaign begins, or should have begun. */
    startsAt: time(),
    readAt: time(),
    /** False: its person wants only mail about this topic. */
    inBell: boolean().notNull().default(true),
    /** Waits for the next mail to its person. */
    mailWaits: boolean().notNull().default(false),
    createdAt: time().notNull().defaultNow(),
  },
  (t) => [
    foreignKey({
      columns: [t.workspaceId, t.campaignId],
      foreignColumns: [campaigns.workspaceId, campaigns.id],
    }).onDelete("cascade"),
    foreignKey({
      columns: [t.workspaceId, t.conversationId, t.pageId],
      foreignColumns: [conversations.workspaceId, conversations.id, conversations.pageId],
    }).onDelete("cascade"),
    foreignKey({
      columns: [t.workspaceId, t.pageId],
      foreignColumns: [pages.workspaceId, pages.id],
    }).onDelete("cascade"),
    check(
      "notifications_about",
      sql`num_nonnulls(${t.campaignId}, coalesce(${t.conversationId}, ${t.pageId})) = 1`,
    ),
    // One person's list, newest first.
    index("notifications_list").on(t.userId, t.workspaceId, t.id),
    // The number in the sidebar of every screen.
    index("notifications_unread")
      .on(t.userId, t.workspaceId)
      .where(sql`${t.readAt} is null`),
    // A campaign that is deleted takes them with it.
    index("notifications_campaign").on(t.campaignId),
    // So does a contact.
    index("notifications_conversation")
      .on(t.conversationId)
      .where(sql`${t.conversationId} is not null`),
    // Pruning of old rows.
    index("notifications_created").on(t.createdAt),
    // The next mail of one person.
    index("notifications_mail_waits")
      .on(t.userId)
      .where(sql`${t.mailWaits}`)
      .concurrently(),
  ],
);

/** What a person wants to be told about a topic, and how; without a row the bell alone. */
export const notificationChoices = messaging.table(
  "notification_choices",
  {
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    topic: text({ enum: notificationTopics }).notNull(),
    inBell: boolean().notNull(),
    byMail: boolean().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.userId, t.topic] }),
    check(
      "notification_choices_topic",
      sql.raw(`topic in (${notificationTopics.map((one) => `'${one}'`).join(", ")})`),
    ),
  ],
);

/** When mail about notifications may reach a person; without a row at once, and at any hour. */
export const notificationSchedules = messaging.table(
  "notification_schedules",
  {
    userId: uuid()
      .primaryKey()
      .references(() => users.id, { onDelete: "cascade" }),
    rhythm: text({ enum: ["at-once", "hourly", "daily"] }).notNull(),
    /** Minutes of the local day; the end may be on the next day. Null: no quiet hours. */
    quietFrom: integer(),
    quietTo: integer(),
    /** Of the browser that saved it, for people whose account has none. */
    timeZone: text(),
  },
  (t) => [
    check("notification_schedules_rhythm", sql`${t.rhythm} in ('at-once', 'hourly', 'daily')`),
    check(
      "notification_schedules_quiet",
      sql`case when ${t.quietFrom} is null then ${t.quietTo} is null else
        ${t.quietFrom} between 0 and 1439 and coalesce(${t.quietTo} between 0 and 1439, false) and ${t.quietFrom} <> ${t.quietTo} end`,
    ),
    check("notification_schedules_time_zone", sql`length(${t.timeZone}) between 1 and 64`),
  ],
);
