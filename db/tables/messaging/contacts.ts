import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  date,
  doublePrecision,
  foreignKey,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { users } from "../auth.ts";
import { pages } from "./pages.ts";
import {
  id,
  messaging,
  namePairsIndex,
  ownId,
  ownWorkspaceId,
  time,
  wordsIndex,
  workspaceId,
} from "./schema.ts";

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
    /** given: a member entered the names; they are not Meta's. */
    profileState: text({ enum: ["wanted", "known", "withheld", "given"] })
      .notNull()
      .default("wanted"),
    profileAt: time(),
    source: text().notNull().default("organic"),
    sourceDetail: jsonb(),
    subscribed: boolean().notNull().default(true),
    subscriptionReason: text(),
    subscriptionAt: time(),
    /** Equal to `subscription_at`: only the stop of a topic keeps the person unsubscribed. Else it says nothing. */
    topicStoppedAt: time(),
    /** The person's general consent, below the stop of a topic. */
    consentReason: text(),
    consentAt: time(),
    blockedAt: time(),
    /**
     * The block at Facebook as far as it was made here: Meta tells of no other. wanted: Meta has not done it yet, and
     * facebookBlockError says why, where that is known. Null: not blocked there by us.
     */
    facebookBlock: text({ enum: ["block_wanted", "blocked", "unblock_wanted"] }),
    /** The time and author of the request for this state. */
    facebookBlockAt: time(),
    facebookBlockBy: uuid().references(() => users.id, { onDelete: "set null" }),
    facebookBlockError: text(),
    /** Meta says that the person cannot be reached; an inbound message clears it. */
    unreachableAt: time(),
    unreachableReason: text(),
    /** The clock of the messaging window: Meta's time of the person's last action that opens one. */
    lastInboundAt: time(),
    /** When the person first did anything that opens a window; null: never, or before this was kept. */
    firstInboundAt: time(),
    /** Set by the first message after an ad click; the window may stay open until then. */
    adWindowUntil: time(),
    /** The newest click on an ad that leads into this thread. */
    adClickedAt: time(),
    /** Meta refused an attempt of this time as outside the window: closed until the person acts after it. */
    windowClosedAt: time(),
    /** From recency, frequency and response, set-based by a job: contacts/engagement.ts has the formula. */
    engagement: text({ enum: ["new", "hot", "warm", "cold", "inactive"] })
      .notNull()
      .default("new"),
    /** Contacts with the same value are one person: somebody merged them. */
    personId: uuid(),
    createdAt: time().notNull().defaultNow(),
  },
  (t) => [
    unique("contacts_page_psid").on(t.pageId, t.psid),
    primaryKey({ columns: [t.workspaceId, t.id, t.pageId] }),
    foreignKey({
      columns: [t.workspaceId, t.pageId],
      foreignColumns: [pages.workspaceId, pages.id],
    }).onDelete("cascade"),
    // The list by age is a walk of the primary key. Columns that each inbound message changes stay out of every index:
    // their updates are HOT.
    //
    // The list by name. A part of it is enough to tell names apart, and no name is too long for an index.
    index("contacts_name").on(t.workspaceId, sql`coalesce(lower(left(${t.name}, 100)), chr(1114111))`, t.id),
    wordsIndex("contacts_words", t.name),
    namePairsIndex("contacts_name_pairs", t.name),
    // The others of a merged person; few have any.
    index("contacts_person")
      .on(t.personId)
      .where(sql`${t.personId} is not null`),
    check("contacts_psid", sql`${t.psid} <> ''`),
    check(
      "contacts_facebook_block",
      sql`case when ${t.facebookBlock} is null
        then ${t.facebookBlockAt} is null and ${t.facebookBlockBy} is null and ${t.facebookBlockError} is null
        else ${t.facebookBlock} in ('block_wanted', 'blocked', 'unblock_wanted') and ${t.facebookBlockAt} is not null
          and (${t.facebookBlock} = 'unblock_wanted' or ${t.blockedAt} is not null)
          and (${t.facebookBlock} <> 'blocked' or ${t.facebookBlockError} is null) end`,
    ),
    check("contacts_engagement", sql`${t.engagement} in ('new', 'hot', 'warm', 'cold', 'inactive')`),
  ],
);

export const tags = messaging.table(
  "tags",
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    /** A name of the dashboard's palette. */
    colour: text().notNull(),
    createdAt: time().notNull().defaultNow(),
  },
  (t) => [
    unique("tags_workspace_id").on(t.workspaceId, t.id),
    uniqueIndex("tags_name").on(t.workspaceId, sql`lower(${t.name})`),
    check("tags_name_given", sql`${t.name} <> ''`),
  ],
);

export const contactTags = messaging.table(
  "contact_tags",
  {
    workspaceId: ownWorkspaceId(),
    pageId: uuid().notNull(),
    contactId: uuid().notNull(),
    tagId: uuid().notNull(),
    taggedAt: time().notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.contactId, t.tagId] }),
    foreignKey({
      columns: [t.workspaceId, t.contactId, t.pageId],
      foreignColumns: [contacts.workspaceId, contacts.id, contacts.pageId],
    }).onDelete("cascade"),
    foreignKey({
      columns: [t.workspaceId, t.tagId],
      foreignColumns: [tags.workspaceId, tags.id],
    }).onDelete("cascade"),
    // Segments: everybody with a tag. Triggers: who got it since the last look.
    index("contact_tags_tag").on(t.tagId, t.taggedAt, t.contactId),
  ],
);

const fieldTypes = ["text", "number", "date", "dropdown", "checkbox"] as const;

export const customFields = messaging.table(
  "custom_fields",
  {
    id: id(),
    workspaceId: workspaceId(),
    /** The value of `{{custom.key}}`. */
    key: text().notNull(),
    label: text().notNull(),
    type: text({ enum: fieldTypes }).notNull(),
    /** The choices of a dropdown. */
    options: text()
      .array()
      .notNull()
      .default(sql`'{}'`),
    createdAt: time().notNull().defaultNow(),
  },
  (t) => [
    unique("custom_fields_workspace_id").on(t.workspaceId, t.id, t.type),
    unique("custom_fields_key").on(t.workspaceId, t.key),
    check("custom_fields_type", sql`${t.type} in ('text', 'number', 'date', 'dropdown', 'checkbox')`),
    check("custom_fields_key_form", sql`${t.key} ~ '^[a-z][a-z0-9_]{0,39}$'`),
    check("custom_fields_options", sql`(${t.type} = 'dropdown') = (cardinality(${t.options}) > 0)`),
  ],
);

/** One typed value of a contact; no row: no value. */
export const contactFields = messaging.table(
  "contact_fields",
  {
    workspaceId: ownWorkspaceId(),
    pageId: uuid().notNull(),
    contactId: uuid().notNull(),
    fieldId: uuid().notNull(),
    type: text({ enum: fieldTypes }).notNull(),
    textValue: text(),
    numberValue: doublePrecision(),
    dateValue: date({ mode: "string" }),
    checkedValue: boolean(),
    changedAt: time().notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.contactId, t.fieldId] }),
    foreignKey({
      columns: [t.workspaceId, t.contactId, t.pageId],
      foreignColumns: [contacts.workspaceId, contacts.id, contacts.pageId],
    }).onDelete("cascade"),
    foreignKey({
      columns: [t.workspaceId, t.fieldId, t.type],
      foreignColumns: [customFields.workspaceId, customFields.id, customFields.type],
    }).onDelete("cascade"),
    check(
      "contact_fields_typed",
      sql`case ${t.type} when 'number' then ${t.numberValue} is not null when 'date' then ${t.dateValue} is not null
        when 'checkbox' then ${t.checkedValue} is not null else ${t.textValue} is not null end
        and num_nonnulls(${t.textValue}, ${t.numberValue}, ${t.dateValue}, ${t.checkedValue}) = 1`,
    ),
    // Segments: everybody with this value, or none.
    index("contact_fields_text").on(t.fieldId, sql`lower(left(${t.textValue}, 200))`),
    index("contact_fields_number")
      .on(t.fieldId, t.numberValue)
      .where(sql`${t.numberValue} is not null`),
    index("contact_fields_date")
      .on(t.fieldId, t.dateValue)
      .where(sql`${t.dateValue} is not null`),
    // Triggers: changes since the last run.
    index("contact_fields_changed").on(t.fieldId, t.changedAt),
  ],
);

/** Work on many contacts that goes on by itself: a file on its way in or out, or one action to all that a filter finds. */
export const contactTransfers = messaging.table(
  "contact_transfers",
  {
    id: id(),
    workspaceId: workspaceId(),
    kind: text({ enum: ["import", "export", "bulk"] }).notNull(),
    status: text({ enum: ["uploaded", "running", "done", "failed", "undone"] }).notNull(),
    fileName: text().notNull(),
    fileKey: text(),
    /** Rows that were refused, each with its reason, as CSV. */
    errorFileKey: text(),
    /** import: mapping, page, dry run or not · export: filter and format · bulk: filter and action. */
    options: jsonb().notNull(),
    counts: jsonb()
      .notNull()
      .default(sql`'{}'`),
    /** Where to go on after a crash: import: the last line that was applied · bulk: the last contact. */
    progress: bigint({ mode: "number" }).notNull().default(0),
    afterId: uuid(),
    error: text(),
    byUserId: uuid().references(() => users.id, { onDelete: "set null" }),
    createdAt: time().notNull().defaultNow(),
    finishedAt: time(),
  },
  (t) => [
    // The list too, newest first.
    unique("contact_transfers_workspace_id").on(t.workspaceId, t.id),
    check("contact_transfers_kind", sql`${t.kind} in ('import', 'export', 'bulk')`),
    check(
      "contact_transfers_status",
      sql`${t.status} in ('uploaded', 'running', 'done', 'failed', 'undone')`,
    ),
  ],
);

/**
 * The valid rows of a running import, and for a week the values that they replaced, so the import can be undone.
 * Unlogged, as the file itself is kept: after a crash of the database it is read again. No foreign keys: COPY.
 */
export const contactImportRows = messaging.table(
  "contact_import_rows",
  {
    transferId: uuid().notNull(),
    line: integer().notNull(),
    psid: text().notNull(),
    firstName: text(),
    lastName: text(),
    locale: text(),
    timezone: text(),
    subscribed: boolean(),
    tagIds: uuid().array(),
    /** Values of custom fields, as contacts/field_values.ts reads them. */
    fields: jsonb(),
    /** Set when the row was applied. */
    contactId: uuid(),
    isNew: boolean(),
    /** The contact's former names, consent and field values, and the tags that were new. */
    before: jsonb(),
  },
  (t) => [primaryKey({ columns: [t.transferId, t.line] })],
);

/** For a week, the values before a bulk action, so it can be undone. No foreign keys, as above. */
export const contactBulkRows = messaging.table(
  "contact_bulk_rows",
  {
    transferId: uuid().notNull(),
    contactId: uuid().notNull(),
    /** The removed or added value, in the form of transfers/bulk_actions.ts. */
    before: jsonb().notNull(),
  },
  (t) => [primaryKey({ columns: [t.transferId, t.contactId] })],
);
