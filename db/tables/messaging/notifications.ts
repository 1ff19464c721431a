import { sql } from "drizzle-orm";
import { check, foreignKey, index, integer, text, uuid } from "drizzle-orm/pg-core";
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
  ],
);
