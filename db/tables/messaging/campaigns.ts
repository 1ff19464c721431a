import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  foreignKey,
  index,
  jsonb,
  primaryKey,
  real,
  smallint,
  text,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import { users } from "../auth.ts";
import { pages } from "./pages.ts";
import { contents } from "./templates.ts";
import { id, messaging, ownWorkspaceId, time, workspaceId } from "./schema.ts";

const kinds = ["window", "utility", "private_reply", "sequence"] as const;
const statuses = ["draft", "scheduled", "planning", "running", "paused", "completed", "cancelled"] as const;

const actions = [
  "changed",
  "approval-asked",
  "approval-given",
  "approval-refused",
  "launched",
  "launch-undone",
  "paused",
  "resumed",
  "cancelled",
  "resent",
  "winner-chosen",
  "finished",
] as const;
const approvals = ["asked", "given", "refused"] as const;

/** A message, or a sequence of them, to many people. A recurring one makes a row of its own for each occurrence. */
export const campaigns = messaging.table(
  "campaigns",
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    kind: text({ enum: kinds }).notNull(),
    status: text({ enum: statuses }).notNull().default("draft"),
    /** Why it is in this status, in words: who paused it, which breaker. */
    statusReason: text(),
    statusAt: time().notNull().defaultNow(),
    /** Where a pause came from, so that resuming goes back there. */
    pausedFrom: text({ enum: ["scheduled", "planning", "running"] }),
    archivedAt: time(),
    /** { all } | { pageIds } | { segmentId } | { contactIds } | { commentsOn }, as campaigns/schema.ts validates it. */
    audience: jsonb().notNull(),
    /** Variants while it is a draft, with everything that a content needs; campaign_variants holds them once launched, and `before` is what the launch replaced. */
    draft: jsonb().notNull(),
    /** { at? , recurrence?, timezone }, as campaigns/schedule.ts validates it; null: at once. */
    schedule: jsonb(),
    /** When it is due next: its start, or its next occurrence. */
    dueAt: time(),
    /** Which occurrence of which recurring campaign this row is. */
    parentId: uuid(),
    occurrenceAt: time(),
    /** Messages a second over all its pages; null: as many as the pages allow. */
    speedPerSecond: real(),
    /** The campaign's own token bucket: its next free slot. */
    speedAt: time().notNull().defaultNow(),
    /** Nothing is sent after this; waiting messages are skipped. */
    expiresAt: time(),
    /** Rules: breakers, canary, quiet hours, cap, split test; validated by campaigns/schema.ts. */
    options: jsonb()
      .notNull()
      .default(sql`'{}'`),
    /** With options.optimalHour: when people of each page mostly write; campaign_plan/optimal_hour.ts has the form. */
    pageHours: jsonb(),
    plannedAt: time(),
    launchedBy: uuid().references(() => users.id, { onDelete: "set null" }),
    launchedAt: time(),
    finishedAt: time(),
    /** Folded from campaign_deltas; together with unfolded deltas they equal the ledger. */
    counts: jsonb()
      .notNull()
      .default(sql`'{}'`),
    /**
     * { sent, perSecond } as measured at progressAt; pagesEndAt: when the slowest page will be through; failures and
     * restUntil, in seconds since 1970, after its planning or start failed.
     */
    progress: jsonb()
      .notNull()
      .default(sql`'{}'`),
    progressAt: time(),
    /** When delivered, read, replied and clicked are counted again. */
    receiptsDueAt: time().notNull().defaultNow(),
    /** The counted results of a large campaign, in the form of campaign_results/count_results.ts. */
    results: jsonb(),
    resultsAt: time(),
    /** Its newest results, in pieces, for the breakers: delivery/campaign_breakers.ts has the form. */
    recent: jsonb()
      .notNull()
      .default(sql`'[]'`),
    /** The approval; `asked` and `refused` prevent the start of a scheduled campaign. Null: not requested. */
    approval: text({ enum: approvals }),
    approvalAskedBy: uuid().references(() => users.id, { onDelete: "set null" }),
    approvalDecidedBy: uuid().references(() => users.id, { onDelete: "set null" }),
    /** When it was requested or decided, the later of both. */
    approvalAt: time(),
    /** The changes that the manager requested. */
    approvalNote: text(),
    /** The start before which people were reminded. */
    remindedFor: time(),
    /** The start of which people were told that it passed without an approval. */
    overdueFor: time(),
    /** Automatic changes that still need a notification. */
    untold: text({ enum: ["paused", "finished"] }),
    createdBy: uuid().references(() => users.id, { onDelete: "set null" }),
    createdAt: time().notNull().defaultNow(),
    updatedAt: time().notNull().defaultNow(),
  },
  (t) => [
    // The list too, newest first.
    unique("campaigns_workspace_id").on(t.workspaceId, t.id),
    foreignKey({ columns: [t.workspaceId, t.parentId], foreignColumns: [t.workspaceId, t.id] }).onDelete(
      "cascade",
    ),
    // One row per occurrence, also if two processes create it.
    unique("campaigns_occurrence").on(t.parentId, t.occurrenceAt),
    // Campaigns that the ticker starts or continues.
    index("campaigns_due")
      .on(t.dueAt)
      .where(sql`${t.status} = 'scheduled'`),
    index("campaigns_live")
      .on(t.status)
      .where(sql`${t.status} in ('planning', 'running')`),
    // Campaigns that need a notification; nearly always empty.
    index("campaigns_untold")
      .on(t.id)
      .where(sql`${t.untold} is not null`),
    // Campaigns that wait for approval and may become overdue.
    index("campaigns_asked")
      .on(t.id)
      .where(sql`${t.approval} = 'asked'`),
    check("campaigns_approval", sql`${t.approval} in ('asked', 'given', 'refused')`),
    check("campaigns_untold_kind", sql`${t.untold} in ('paused', 'finished')`),
    check("campaigns_kind", sql`${t.kind} in ('window', 'utility', 'private_reply', 'sequence')`),
    check(
      "campaigns_status",
      sql`${t.status} in ('draft', 'scheduled', 'planning', 'running', 'paused', 'completed', 'cancelled')`,
    ),
    check("campaigns_paused_from", sql`(${t.status} = 'paused') = (${t.pausedFrom} is not null)`),
    check("campaigns_speed", sql`${t.speedPerSecond} is null or ${t.speedPerSecond} > 0`),
    check("campaigns_scheduled", sql`${t.status} <> 'scheduled' or ${t.dueAt} is not null`),
  ],
);

/** A campaign's content: one row, or one per variant of a split test; a page can have its own content. */
export const campaignVariants = messaging.table(
  "campaign_variants",
  {
    workspaceId: ownWorkspaceId(),
    campaignId: uuid().notNull(),
    variant: smallint().notNull(),
    /** Null: for every page that has no row of its own. */
    pageId: uuid(),
    /** Share of the people, in percent. */
    weight: smallint().notNull(),
    contentId: uuid().notNull(),
  },
  (t) => [
    unique("campaign_variants_page").on(t.campaignId, t.variant, t.pageId).nullsNotDistinct(),
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
    check("campaign_variants_weight", sql`${t.weight} between 0 and 100`),
  ],
);

/** The unplanned part of a campaign: ranges of contact ids. The transaction that plans a range deletes it. */
export const campaignRanges = messaging.table(
  "campaign_ranges",
  {
    campaignId: uuid()
      .notNull()
      .references(() => campaigns.id, { onDelete: "cascade" }),
    /** From behind this contact, */
    after: uuid().notNull(),
    /** up to this one; null: to the last. */
    until: uuid(),
  },
  (t) => [primaryKey({ columns: [t.campaignId, t.after] })],
);

/** Changes of a campaign's counts, one row per slice; folded into the campaign each second. */
export const campaignDeltas = messaging.table(
  "campaign_deltas",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    campaignId: uuid()
      .notNull()
      .references(() => campaigns.id, { onDelete: "cascade" }),
    /** { state: change }, and beside the states `optedOut`, `clicked`. */
    counts: jsonb().notNull(),
    /** Failures that look like a mistake in the campaign itself: { "code/subcode": how many }. */
    errors: jsonb(),
  },
  (t) => [index("campaign_deltas_campaign").on(t.campaignId)],
);

/** Actions of people and of the system on a campaign; rows are only added. */
export const campaignActions = messaging.table(
  "campaign_actions",
  {
    id: id(),
    workspaceId: ownWorkspaceId(),
    campaignId: uuid().notNull(),
    /** Null: it happened by itself. */
    userId: uuid().references(() => users.id, { onDelete: "set null" }),
    action: text({ enum: actions }).notNull(),
    /** The reason in words: requested changes, or the breaker. */
    note: text(),
    at: time()
      .notNull()
      .default(sql`clock_timestamp()`),
  },
  (t) => [
    foreignKey({
      columns: [t.workspaceId, t.campaignId],
      foreignColumns: [campaigns.workspaceId, campaigns.id],
    }).onDelete("cascade"),
    // The history of one campaign, newest first.
    index("campaign_actions_list").on(t.campaignId, t.id),
  ],
);
