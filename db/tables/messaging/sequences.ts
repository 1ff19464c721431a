import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  smallint,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { pages } from "./pages.ts";
import { contacts } from "./contacts.ts";
import { contents } from "./templates.ts";
import { campaigns } from "./campaigns.ts";
import { id, messaging, ownWorkspaceId, time, translations, translationsCheck } from "./schema.ts";

/** A sequence's steps after its launch or last change. */
export const sequenceSteps = messaging.table(
  "sequence_steps",
  {
    workspaceId: ownWorkspaceId(),
    campaignId: uuid().notNull(),
    /** 1, 2, 3 … */
    step: smallint().notNull(),
    delaySeconds: integer().notNull(),
    /** Sent only when this holds: { replied | clicked | hasTag … , not? }, as sequences/schema.ts validates it; null: always. */
    condition: jsonb(),
    /** Null: for every page that has no row of its own, which says the same by another utility template. */
    pageId: uuid(),
    contentId: uuid().notNull(),
  },
  (t) => [
    unique("sequence_steps_page").on(t.campaignId, t.step, t.pageId).nullsNotDistinct(),
    foreignKey({
      columns: [t.workspaceId, t.campaignId],
      foreignColumns: [campaigns.workspaceId, campaigns.id],
    }).onDelete("cascade"),
    foreignKey({
      columns: [t.workspaceId, t.contentId],
      foreignColumns: [contents.workspaceId, contents.id],
    }),
    foreignKey({
      columns: [t.workspaceId, t.pageId],
      foreignColumns: [pages.workspaceId, pages.id],
    }).onDelete("cascade"),
    check("sequence_steps_delay", sql`${t.delaySeconds} >= 0`),
  ],
);

/** A person on the way through a sequence. */
export const enrolments = messaging.table(
  "enrolments",
  {
    id: id(),
    workspaceId: ownWorkspaceId(),
    campaignId: uuid().notNull(),
    contactId: uuid().notNull(),
    pageId: uuid().notNull(),
    /** The how-manieth time of this person in this sequence. */
    round: smallint().notNull(),
    status: text({ enum: ["active", "finished", "exited", "removed"] }).notNull(),
    exitReason: text(),
    /** The step that comes next. */
    nextStep: smallint().notNull().default(1),
    dueAt: time().notNull(),
    startedAt: time().notNull().defaultNow(),
    endedAt: time(),
  },
  (t) => [
    unique("enrolments_round").on(t.campaignId, t.contactId, t.round),
    foreignKey({
      columns: [t.workspaceId, t.campaignId],
      foreignColumns: [campaigns.workspaceId, campaigns.id],
    }).onDelete("cascade"),
    foreignKey({
      columns: [t.workspaceId, t.contactId, t.pageId],
      foreignColumns: [contacts.workspaceId, contacts.id, contacts.pageId],
    }).onDelete("cascade"),
    index("enrolments_due")
      .on(t.campaignId, t.dueAt)
      .where(sql`${t.status} = 'active'`),
    // One way through at a time.
    uniqueIndex("enrolments_active")
      .on(t.campaignId, t.contactId)
      .where(sql`${t.status} = 'active'`),
    index("enrolments_contact").on(t.contactId),
    check("enrolments_status", sql`${t.status} in ('active', 'finished', 'exited', 'removed')`),
  ],
);

/** The automatic trigger of a sequence; one row per sequence with a trigger, from its launch on. */
export const triggers = messaging.table(
  "triggers",
  {
    campaignId: uuid().primaryKey(),
    workspaceId: ownWorkspaceId(),
    kind: text({
      enum: ["new_contact", "tag_added", "field_matches", "keyword", "postback", "inactivity"],
    }).notNull(),
    /** Its condition; validated by sequences/schema.ts. */
    match: jsonb().notNull(),
    /** Acts after this were looked at. */
    seenUntil: time().notNull().defaultNow(),
  },
  (t) => [
    foreignKey({
      columns: [t.workspaceId, t.campaignId],
      foreignColumns: [campaigns.workspaceId, campaigns.id],
    }).onDelete("cascade"),
    index("triggers_kind").on(t.workspaceId, t.kind),
    check(
      "triggers_kind_known",
      sql`${t.kind} in ('new_contact', 'tag_added', 'field_matches', 'keyword', 'postback', 'inactivity')`,
    ),
  ],
);

/** Welcome and away messages of a page. */
export const autoReplies = messaging.table(
  "auto_replies",
  {
    pageId: uuid().primaryKey(),
    workspaceId: ownWorkspaceId(),
    /** Contents as templates/content.ts validates them; null: none. */
    welcome: jsonb(),
    welcomeTranslations: translations(),
    away: jsonb(),
    awayTranslations: translations(),
    /** { timezone, days: { mon: [[540, 1080]], … } } in minutes of the day; null: always open. */
    businessHours: jsonb(),
    /** Messages until this time were processed. */
    seenUntil: time().notNull().defaultNow(),
    updatedAt: time().notNull().defaultNow(),
  },
  (t) => [
    foreignKey({
      columns: [t.workspaceId, t.pageId],
      foreignColumns: [pages.workspaceId, pages.id],
    }).onDelete("cascade"),
    translationsCheck("auto_replies_welcome", {
      column: t.welcomeTranslations,
      text: t.welcome,
    }),
    translationsCheck("auto_replies_away", { column: t.awayTranslations, text: t.away }),
  ],
);
