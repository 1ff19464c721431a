import type { Fragment, TransactionSql } from "postgres";
import type { Handle } from "#db";
import { type CampaignRef, withoutBackOff } from "./stops.ts";

/*
 * The status of a campaign changes in this file until it runs, in stops.ts from then on, that of a sequence in
 * sequence_transitions.ts too, and nowhere else: ops/transitions.test.ts. So does what goes with it: why, since when, from where a pause came, when it was launched,
 * planned and finished, and what members are still to be notified of.
 *
 *     draft                                → scheduled, planning     launchDraft
 *     scheduled                            → draft                   undoScheduled
 *     scheduled                            → planning                startScheduled
 *     new                                  → planning                insertOccurrence
 *     scheduled                            → scheduled, completed    recur
 *     scheduled                            → completed               completeScheduled
 *     planning                             → running                 beginRunning
 *     running                              → running                 keepPlanning, endPlan
 *     scheduled, planning, running         → paused                  pauseCampaign, recordFailure
 *     running                              → paused                  pauseByThemselves
 *     paused                               → paused_from, completed  resumeCampaign
 *     scheduled, planning, running, paused → cancelled               cancelCampaign
 *     running, paused, completed           → running, paused         sendAgain
 *     running                              → completed               finishCampaigns
 *
 * Each is one statement, changes campaigns only from the states above, and returns whether it did. Lanes are locked
 * before campaigns, as the claim does: `wakeCampaign` goes before a transition.
 */

/** A row as it was read: later changes are not overwritten. */
const asRead = (tx: Handle, updatedAt: Date) =>
  tx`date_trunc('milliseconds', updated_at) = ${updatedAt.toISOString()}::timestamptz`;

const jsonOf = (value: unknown) => (value === null ? null : JSON.stringify(value));

export interface Launched extends CampaignRef {
  userId: string;
  /** They decide on an approval that was asked for by launching it. */
  maySend: boolean;
  /** Whether they may launch it. */
  isAllowed: Fragment;
  readAt: Date;
  isLater: boolean;
  /** In milliseconds since 1970. */
  dueAt: number | null;
  delaySeconds: number;
  draft: object;
  schedule: object | null;
}

/** draft → scheduled, planning. Null: it did not happen. */
export async function launchDraft(
  tx: TransactionSql,
  { workspaceId, campaignId, userId, maySend, dueAt, delaySeconds, ...launched }: Launched,
): Promise<{ isDecided: boolean; askedBy: string | null } | null> {
  const [row] = await tx<{ isDecided: boolean; askedBy: string | null }[]>`
    update messaging.campaigns
    set status = ${launched.isLater ? "scheduled" : "planning"}, status_reason = null, status_at = clock_timestamp(),
        archived_at = null,
        due_at = greatest(${dueAt === null ? null : new Date(dueAt).toISOString()}::timestamptz,
          case when ${delaySeconds > 0} then clock_timestamp() + make_interval(secs => ${delaySeconds}) end),
        launched_by = ${userId}, launched_at = clock_timestamp(), updated_at = clock_timestamp(),
        draft = ${JSON.stringify(launched.draft)}::jsonb, schedule = ${jsonOf(launched.schedule)}::jsonb,
        approval = case when approval = 'given' or approval = 'asked' and ${maySend} then 'given' end,
        approval_decided_by = case when approval = 'asked' then ${userId}::uuid else approval_decided_by end
    where workspace_id = ${workspaceId} and id = ${campaignId} and status = 'draft' and ${launched.isAllowed}
      and ${asRead(tx, launched.readAt)}
    returning old.approval = 'asked' and new.approval = 'given' as "isDecided", approval_asked_by as "askedBy"`;
  return row ?? null;
}

export interface Undone extends CampaignRef {
  readAt: Date;
  draft: object;
  schedule: object | null;
  /** It waited for an approval before its launch, and waits for it again. */
  isAsked: boolean;
}

/** scheduled → draft, as long as it has no occurrence. */
export async function undoScheduled(
  tx: TransactionSql,
  { workspaceId, campaignId, readAt, draft, schedule, isAsked }: Undone,
): Promise<boolean> {
  const undone = await tx`
    update messaging.campaigns c
    set status = 'draft', status_reason = null, status_at = clock_timestamp(), due_at = null,
        launched_by = null, launched_at = null, reminded_for = null, overdue_for = null,
        draft = ${JSON.stringify(draft)}::jsonb, schedule = ${jsonOf(schedule)}::jsonb,
        approval = case when ${isAsked} then 'asked' else approval end,
        approval_decided_by = case when ${isAsked} then null else approval_decided_by end,
        updated_at = clock_timestamp()
    where c.workspace_id = ${workspaceId} and c.id = ${campaignId} and c.status = 'scheduled'
      and ${asRead(tx, readAt)}
      and not exists (select from messaging.campaigns o where o.parent_id = c.id)
    returning c.id`;
  return undone.length > 0;
}

/** scheduled → planning: its time has come. */
export async function startScheduled(tx: TransactionSql, campaignId: string): Promise<boolean> {
  const started = await tx`
    update messaging.campaigns set status = 'planning', status_at = clock_timestamp()
    where id = ${campaignId} and status = 'scheduled' returning id`;
  return started.length > 0;
}

export interface Occurrence {
  /** The recurring campaign. */
  parentId: string;
  /** The suffix after the name of the recurring campaign. */
  suffix: string;
  /** In milliseconds since 1970. */
  at: number;
  /** The next one, at which this one expires; null: it is the last. */
  nextAt: string | null;
}

/** A new campaign in planning, as its recurring one is now. Gives its id; null when this occurrence has one already. */
export async function insertOccurrence(
  tx: TransactionSql,
  { parentId, suffix, at, nextAt }: Occurrence,
): Promise<string | null> {
  const [child] = await tx<{ id: string }[]>`
    insert into messaging.campaigns (workspace_id, name, kind, status, audience, draft, speed_per_second, options,
      parent_id, occurrence_at, expires_at, created_by, launched_by, launched_at)
    select workspace_id, left(name, 180) || ${suffix}, kind, 'planning', audience, draft, speed_per_second, options,
           id, ${new Date(at).toISOString()}::timestamptz, ${nextAt}::timestamptz, created_by, launched_by, clock_timestamp()
    from messaging.campaigns where id = ${parentId}
    on conflict (parent_id, occurrence_at) do nothing returning id`;
  return child?.id ?? null;
}

/** scheduled → scheduled for its next occurrence, or completed after the last. */
export async function recur(
  tx: TransactionSql,
  { campaignId, nextAt }: { campaignId: string; nextAt: string | null },
): Promise<boolean> {
  const isOver = nextAt === null;
  const recurred = await tx`
    update messaging.campaigns
    set due_at = coalesce(${nextAt}::timestamptz, due_at), status = case when ${isOver} then 'completed' else status end,
        finished_at = case when ${isOver} then clock_timestamp() end, status_at = clock_timestamp()
    where id = ${campaignId} and status = 'scheduled' returning id`;
  return recurred.length > 0;
}

/** scheduled → completed: its last occurrence passed before somebody approved it. */
export async function completeScheduled(
  tx: TransactionSql,
  { workspaceId, campaignId }: CampaignRef,
): Promise<boolean> {
  const completed = await tx`
    update messaging.campaigns
    set status = 'completed', status_at = clock_timestamp(), finished_at = clock_timestamp()
    where workspace_id = ${workspaceId} and id = ${campaignId} and status = 'scheduled' returning id`;
  return completed.length > 0;
}

/** planning → running: its contacts are cut into ranges, and it is sent while they are planned. */
export async function beginRunning(
  tx: TransactionSql,
  { campaignId, pageHours }: { campaignId: string; pageHours: object | null },
): Promise<boolean> {
  const begun = await tx`
    update messaging.campaigns c
    set status = 'running', status_at = clock_timestamp(), page_hours = ${jsonOf(pageHours)}::jsonb,
        progress = ${withoutBackOff(tx)}
    where c.id = ${campaignId} and c.status = 'planning' returning c.id`;
  return begun.length > 0;
}

/**
 * A range of its plan is written. False: it was paused or canceled meanwhile. Locks the row, so `endPlan` sees
 * the ranges of earlier holders of the lock.
 */
export async function keepPlanning(tx: TransactionSql, campaignId: string): Promise<boolean> {
  const kept = await tx`
    update messaging.campaigns c set updated_at = clock_timestamp(), progress = ${withoutBackOff(tx)}
    where c.id = ${campaignId} and c.status = 'running' and c.planned_at is null returning c.id`;
  return kept.length > 0;
}

/** Its plan is over once no range is left; then its results are due. */
export async function endPlan(tx: TransactionSql, campaignId: string): Promise<boolean> {
  const ended = await tx`
    update messaging.campaigns c set planned_at = clock_timestamp(), receipts_due_at = clock_timestamp()
    where c.id = ${campaignId} and c.status = 'running' and c.planned_at is null
      and not exists (select from messaging.campaign_ranges r where r.campaign_id = c.id)
    returning c.id`;
  return ended.length > 0;
}
