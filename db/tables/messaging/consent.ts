import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  foreignKey,
  index,
  jsonb,
  primaryKey,
  smallint,
  text,
  uuid,
} from "drizzle-orm/pg-core";
import { users, workspaces } from "../auth.ts";
import { contacts } from "./contacts.ts";
import { pages } from "./pages.ts";
import { messaging, ownWorkspaceId, time, translations, translationsCheck } from "./schema.ts";

/** People who get no automatic messages. The row stays when their contact is deleted or imported again. */
export const suppressions = messaging.table(
  "suppressions",
  {
    workspaceId: ownWorkspaceId(),
    pageId: uuid().notNull(),
    psid: text().notNull(),
    reason: text({ enum: ["stop", "manual", "import", "deleted", "complaint"] }).notNull(),
    byUserId: uuid().references(() => users.id, { onDelete: "set null" }),
    createdAt: time().notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.pageId, t.psid] }),
    foreignKey({
      columns: [t.workspaceId, t.pageId],
      foreignColumns: [pages.workspaceId, pages.id],
    }).onDelete("cascade"),
    // The list, newest first.
    index("suppressions_list").on(t.workspaceId, t.createdAt, t.pageId, t.psid),
    check("suppressions_reason", sql`${t.reason} in ('stop', 'manual', 'import', 'deleted', 'complaint')`),
  ],
);

/**
 * A person's newest decision on each topic of marketing messages. A stop here blocks all automatic messages to
 * them, as Meta demands, until they resume the topic or consent again as a whole.
 */
export const topicConsents = messaging.table(
  "topic_consents",
  {
    workspaceId: ownWorkspaceId(),
    pageId: uuid().notNull(),
    contactId: uuid().notNull(),
    /** token: and part of a hash of the topic's token, or payload: and one of its payload where Meta names no token. */
    topic: text().notNull(),
    stopped: boolean().notNull(),
    reason: text().notNull(),
    /** Meta's time; an older word that arrives later changes nothing. */
    at: time().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.contactId, t.topic] }),
    foreignKey({
      columns: [t.workspaceId, t.contactId, t.pageId],
      foreignColumns: [contacts.workspaceId, contacts.id, contacts.pageId],
    }).onDelete("cascade"),
    check("topic_consents_topic", sql`${t.topic} ~ '^(token:[0-9a-f]{8}|payload:[0-9a-f]{16})$'`),
  ],
);

/** Deleted people: their earlier messages are not imported from Meta's inbox again. It contains no names. */
export const deletedPeople = messaging.table(
  "deleted_people",
  {
    workspaceId: ownWorkspaceId(),
    pageId: uuid().notNull(),
    /** SHA-256 of the page's id and the PSID. */
    personHash: text().notNull(),
    deletedAt: time().notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.pageId, t.personHash] }),
    foreignKey({
      columns: [t.workspaceId, t.pageId],
      foreignColumns: [pages.workspaceId, pages.id],
    }).onDelete("cascade"),
  ],
);

/** Rules of a workspace that sending follows; no row: the defaults. */
export const sendingRules = messaging.table(
  "sending_rules",
  {
    workspaceId: uuid()
      .primaryKey()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    timezone: text().notNull().default("UTC"),
    /** At most so many automatic messages to one person in so many hours, over all campaigns; null: no cap. */
    capCount: smallint(),
    capHours: smallint(),
    /** Minutes of the day in the contact's zone; from > until goes over midnight; both null: none. */
    quietFrom: smallint(),
    quietUntil: smallint(),
    /** Whole messages that end and renew consent, beside the built-in ones. */
    stopWords: text()
      .array()
      .notNull()
      .default(sql`'{}'`),
    startWords: text()
      .array()
      .notNull()
      .default(sql`'{}'`),
    /** Said to the person who ends or renews consent by a word: contents, or null for nothing. */
    stopReply: jsonb(),
    stopReplyTranslations: translations(),
    startReply: jsonb(),
    startReplyTranslations: translations(),
    /** Operators launch campaigns only after a manager's approval. */
    operatorsNeedApproval: boolean().notNull().default(true),
    updatedAt: time().notNull().defaultNow(),
  },
  (t) => [
    check("sending_rules_cap", sql`(${t.capCount} is null) = (${t.capHours} is null)`),
    translationsCheck("sending_rules_stop_reply", {
      column: t.stopReplyTranslations,
      text: t.stopReply,
    }),
    translationsCheck("sending_rules_start_reply", {
      column: t.startReplyTranslations,
      text: t.startReply,
    }),
    check("sending_rules_quiet", sql`(${t.quietFrom} is null) = (${t.quietUntil} is null)`),
    check(
      "sending_rules_minutes",
      sql`coalesce(${t.quietFrom}, 0) between 0 and 1439 and coalesce(${t.quietUntil}, 0) between 0 and 1439`,
    ),
  ],
);
