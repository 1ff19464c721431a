import { sql } from "drizzle-orm";
import { foreignKey, index, text, uuid } from "drizzle-orm/pg-core";
import { users } from "../auth.ts";
import { campaigns } from "./campaigns.ts";
import { id, messaging, time, workspaceId } from "./schema.ts";

const kinds = [
  "campaign-soon",
  "campaign-paused",
  "campaign-finished",
  "approval-asked",
  "approval-given",
  "approval-refused",
] as const;

/** What one person is told, one row for each; it stays until it is old. */
export const notifications = messaging.table(
  "notifications",
  {
    id: id(),
    workspaceId: workspaceId(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    kind: text({ enum: kinds }).notNull(),
    campaignId: uuid().notNull(),
    /** Why, in words. */
    detail: text(),
    /** When the campaign begins, for a reminder. */
    startsAt: time(),
    readAt: time(),
    createdAt: time().notNull().defaultNow(),
  },
  (t) => [
    foreignKey({
      columns: [t.workspaceId, t.campaignId],
      foreignColumns: [campaigns.workspaceId, campaigns.id],
    }).onDelete("cascade"),
    // One person's list, newest first.
    index("notifications_list").on(t.userId, t.workspaceId, t.id),
    // The number in the side bar, which every screen asks for.
    index("notifications_unread")
      .on(t.userId, t.workspaceId)
      .where(sql`${t.readAt} is null`),
    // A campaign that is deleted takes them with it.
    index("notifications_campaign").on(t.campaignId),
    // What is past keeping.
    index("notifications_created").on(t.createdAt),
  ],
);
