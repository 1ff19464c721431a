import { sql } from "drizzle-orm";
import { date, foreignKey, integer, jsonb, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { campaigns } from "./campaigns.ts";
import { pages } from "./pages.ts";
import { messaging, ownWorkspaceId, time } from "./schema.ts";

const none = sql`'{}'`;

/** Activity on a page on one day of its workspace's zone; analytics/count_days.ts counts it again until the day is over. */
export const dayCounts = messaging.table(
  "day_counts",
  {
    workspaceId: ownWorkspaceId(),
    pageId: uuid().notNull(),
    day: date({ mode: "string" }).notNull(),
    /** Whose day it is. Another zone of the workspace has other days, which are counted anew. */
    zone: text().notNull(),
    /** New contacts by where they came from. */
    sources: jsonb().notNull(),
    received: integer().notNull(),
    /** Conversations in which a person wrote. */
    writers: integer().notNull(),
    /** Replies by members. */
    answers: integer().notNull(),
    /** Welcome and away messages. */
    automatic: integer().notNull(),
    /** Messages that were sent from Facebook or by another app. */
    elsewhere: integer().notNull(),
    /** The number of inbound messages in each hour of the day. */
    hours: jsonb().notNull(),
    /** How long each person waited who got an answer on this day. */
    responseSeconds: integer().array().notNull().default(none),
    /** How long each conversation took that was resolved on this day. */
    resolutionSeconds: integer().array().notNull().default(none),
    countedAt: time().notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.day, t.pageId] }),
    foreignKey({
      columns: [t.workspaceId, t.pageId],
      foreignColumns: [pages.workspaceId, pages.id],
    }).onDelete("cascade"),
  ],
);

/** How many messages of a campaign or sequence went out on a day of its workspace's zone, as its counts are folded. */
export const campaignDays = messaging.table(
  "campaign_days",
  {
    campaignId: uuid()
      .notNull()
      .references(() => campaigns.id, { onDelete: "cascade" }),
    day: date({ mode: "string" }).notNull(),
    sent: integer().notNull(),
  },
  (t) => [primaryKey({ columns: [t.campaignId, t.day] })],
);
