import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  index,
  jsonb,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { users } from "../auth.ts";
import { contacts } from "./contacts.ts";
import { id, messaging, ownWorkspaceId, time, workspaceId } from "./schema.ts";

export const segments = messaging.table(
  "segments",
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    kind: text({ enum: ["dynamic", "static"] }).notNull(),
    /** The condition tree of a dynamic segment, as conditions/conditions.ts validates it. */
    conditions: jsonb(),
    createdBy: uuid().references(() => users.id, { onDelete: "set null" }),
    createdAt: time().notNull().defaultNow(),
    updatedAt: time().notNull().defaultNow(),
  },
  (t) => [
    unique("segments_workspace_id").on(t.workspaceId, t.id),
    uniqueIndex("segments_name").on(t.workspaceId, sql`lower(${t.name})`),
    check("segments_kind", sql`${t.kind} in ('dynamic', 'static')`),
    check("segments_conditions", sql`(${t.kind} = 'dynamic') = (${t.conditions} is not null)`),
  ],
);

/** Contacts of a static segment. */
export const segmentMembers = messaging.table(
  "segment_members",
  {
    workspaceId: ownWorkspaceId(),
    segmentId: uuid().notNull(),
    contactId: uuid().notNull(),
    pageId: uuid().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.segmentId, t.contactId] }),
    foreignKey({
      columns: [t.workspaceId, t.segmentId],
      foreignColumns: [segments.workspaceId, segments.id],
    }).onDelete("cascade"),
    foreignKey({
      columns: [t.workspaceId, t.contactId, t.pageId],
      foreignColumns: [contacts.workspaceId, contacts.id, contacts.pageId],
    }).onDelete("cascade"),
    // The segments of a contact, and the cascade of its deletion.
    index("segment_members_contact").on(t.contactId),
  ],
);
