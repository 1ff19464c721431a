import { sql } from "drizzle-orm";
import { check, foreignKey, jsonb, smallint, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { memberships, workspaces } from "../auth.ts";
import { id, messaging, ownWorkspaceId, time } from "./schema.ts";

/** The members to whom conversations are assigned automatically; without a row, nothing is assigned. */
export const assignmentRules = messaging.table(
  "assignment_rules",
  {
    workspaceId: uuid()
      .primaryKey()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    how: text({ enum: ["off", "in_turn", "fewest_open"] }).notNull(),
    /** In their order; former members get none. */
    userIds: uuid().array().notNull(),
    /** Nobody gets more than so many open ones; null: without a limit. */
    mostOpen: smallint(),
    /** The member who got the last one. */
    lastUserId: uuid(),
    /** Messages from before are not assigned. */
    since: time().notNull().defaultNow(),
  },
  (t) => [
    check("assignment_rules_how", sql`${t.how} in ('off', 'in_turn', 'fewest_open')`),
    check("assignment_rules_people", sql`${t.how} = 'off' or ${t.userIds} <> '{}'`),
    check("assignment_rules_most", sql`${t.mostOpen} > 0`),
  ],
);

/** A filter of the inbox that one person keeps under a name. */
export const savedViews = messaging.table(
  "saved_views",
  {
    id: id(),
    workspaceId: ownWorkspaceId(),
    userId: uuid().notNull(),
    name: text().notNull(),
    filter: jsonb().notNull(),
    createdAt: time().notNull().defaultNow(),
  },
  (t) => [
    // Goes with the membership.
    foreignKey({
      columns: [t.workspaceId, t.userId],
      foreignColumns: [memberships.workspaceId, memberships.userId],
    }).onDelete("cascade"),
    uniqueIndex("saved_views_name").on(t.workspaceId, t.userId, sql`lower(${t.name})`),
  ],
);
