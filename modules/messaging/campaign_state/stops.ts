import type { Fragment, Sql, TransactionSql } from "postgres";
import type { Handle } from "#db";
import type { ChangedCampaign } from "./counts.ts";
import { pausedByItself } from "./problems.ts";

/*
 * How a campaign pauses, goes on, is cancelled and ends. transitions.ts lists all changes of status.
 */

export interface CampaignRef {
  workspaceId: string;
  campaignId: string;
}

/** scheduled, planning, running → paused, by a member. */
export async function pauseCampaign(
  tx: TransactionSql,
  { workspaceId, campaignId, reason }: CampaignRef & { reason: string },
): Promise<boolean> {
  const paused = await tx`
    update messaging.campaigns
    set status = 'paused', paused_from = status, status_reason = ${reason}, status_at = clock_timestamp(),
        updated_at = clock_timestamp()
    where workspace_id = ${workspaceId} and id = ${campaignId} and status in ('scheduled', 'planning', 'running')
    returning id`;
  return paused.length > 0;
}

/**
 * running → paused, by themselves: campaigns and sequences that `chosen` finds, a query with the columns id and reason.
 * Members are notified. The results that led to it are deleted: the person who resumes has seen them.
 */
export async function pauseByThemselves(sql: Handle, chosen: Fragment): Promise<ChangedCampaign[]> {
  return await sql<ChangedCampaign[]>`
    update messaging.campaigns c
    set status = 'paused', paused_from = 'running', untold = 'paused', recent = '[]',
        status_reason = concat(${pausedByItself}::text, chosen.reason), status_at = clock_timestamp(),
        updated_at = clock_timestamp()
    from (${chosen}) chosen where c.id = chosen.id and c.status = 'running'
    returning c.workspace_id as "workspaceId", c.id as "campaignId", c.status, c.counts`;
}

export interface Failure {
  campaignId: string;
  reason: string;
  /** So many in a row pause it. */
  most: number;
  backOffSeconds: number;
}

/** scheduled, planning, running → paused by itself after the last of `most` failures; into back-off before. */
export async function recordFailure(
  sql: Handle,
  { campaignId, reason, most, backOffSeconds }: Failure,
): Promise<boolean> {
  const paused = await sql`
    with failed as (
      select c.id, coalesce((c.progress ->> 'failures')::int4, 0) + 1 as failures from messaging.campaigns c
      where c.id = ${campaignId} and c.status in ('scheduled', 'planning', 'running') for no key update),
    backed_off as (
      update messaging.campaigns c
      set progress = c.progress || jsonb_build_object('failures', f.failures,
            'restUntil', extract(epoch from clock_timestamp() + make_interval(secs => ${backOffSeconds})))
      from failed f where c.id = f.id and f.failures < ${most})
    update messaging.campaigns c
    set status = 'paused', paused_from = c.status, untold = 'paused', status_reason = ${pausedByItself + reason},
        status_at = clock_timestamp(), updated_at = clock_timestamp(), progress = ${withoutBackOff(sql)}
    from failed f where c.id = f.id and f.failures >= ${most}
    returning c.id`;
  return paused.length > 0;
}

/** Whether campaign `c` may be worked on, or is in back-off because its work failed a moment ago. */
export function isPastBackOff(sql: Handle): Fragment {
  return sql`coalesce((c.progress ->> 'restUntil')::float8, 0) <= extract(epoch from clock_timestamp())`;
}

/** `c.progress` of a campaign whose work succeeded. */
export function withoutBackOff(sql: Handle): Fragment {
  return sql`c.progress - 'failures' - 'restUntil'`;
}

/** paused → the state before the pause, or completed. Earlier failures stop it no more. */
export async function resumeCampaign(
  tx: TransactionSql,
  { workspaceId, campaignId, dueAt, isOver }: CampaignRef & { dueAt: string | null; isOver: boolean },
): Promise<boolean> {
  const resumed = await tx`
    update messaging.campaigns
    set status = case when ${isOver} then 'completed' else paused_from end, paused_from = null, status_reason = null,
        finished_at = case when ${isOver} then clock_timestamp() end, status_at = clock_timestamp(),
        due_at = coalesce(${dueAt}::timestamptz, due_at), recent = '[]', updated_at = clock_timestamp()
    where workspace_id = ${workspaceId} and id = ${campaignId} and status = 'paused' returning id`;
  return resumed.length > 0;
}

/** scheduled, planning, running, paused → cancelled. */
export async function cancelCampaign(
  tx: TransactionSql,
  { workspaceId, campaignId, reason }: CampaignRef & { reason: string },
): Promise<boolean> {
  const cancelled = await tx`
    update messaging.campaigns
    set status = 'cancelled', paused_from = null, status_reason = ${reason}, status_at = clock_timestamp(),
        finished_at = clock_timestamp(), updated_at = clock_timestamp()
    where workspace_id = ${workspaceId} and id = ${campaignId}
      and status in ('scheduled', 'planning', 'running', 'paused')
    returning id`;
  return cancelled.length > 0;
}

/** completed → running, out of the archive; running and paused stay. The breakers count only later results. */
export async function sendAgain(
  tx: TransactionSql,
  { workspaceId, campaignId }: CampaignRef,
): Promise<boolean> {
  const live = await tx`
    update messaging.campaigns
    set status = case when status = 'completed' then 'running' else status end, finished_at = null, archived_at = null,
        recent = '[]', status_at = clock_timestamp(), updated_at = clock_timestamp()
    where workspace_id = ${workspaceId} and id = ${campaignId} and status in ('running', 'paused', 'completed')
      and (expires_at is null or expires_at > clock_timestamp())
    returning id`;
  return live.length > 0;
}

/**
 * running → completed: campaigns whose plan is finished and of which no row is open; one whose outcome is unknown is
 * open. Decided by the ledger and never by a counter. Returns the completed campaigns.
 */
export async function finishCampaigns({ sql }: { sql: Sql }): Promise<ChangedCampaign[]> {
  return await sql<ChangedCampaign[]>`
    update messaging.campaigns c
    set status = 'completed', status_reason = null, untold = 'finished', status_at = clock_timestamp(), finished_at = clock_timestamp(),
        updated_at = clock_timestamp()
    where c.id = any (array(
        select id from messaging.campaigns where status = 'running' and planned_at is not null and kind <> 'sequence'
        for no key update skip locked))
      -- In the order of the index, which a plan that believes much to be waiting would else leave for the whole table.
      and (select true from messaging.deliveries d where d.campaign_id = c.id and d.state = 'queued'
        order by d.page_id, d.class, d.due_at, d.id limit 1) is null
      -- Among all that is on its way, which is little, and in the order of its index: no comparison here fits another one,
      -- so with any statistics it reads neither all rows of the campaign nor the whole ledger.
      and (select true from messaging.deliveries d where d.campaign_id is not distinct from c.id
        and d.state in ('leased', 'sending', 'unknown') order by d.contact_id limit 1) is null
    returning c.workspace_id as "workspaceId", c.id as "campaignId", c.status, c.counts`;
}

export interface Unnotified {
  id: string;
  workspace_id: string;
  kind: string;
  untold: "paused" | "finished";
  /** Why it stopped itself, as a sentence. */
  reason: string;
  created_by: string | null;
  launched_by: string | null;
}

/** Takes one pause or end that needs a notification; no other process gets it, unless this transaction fails. */
export async function takeUnnotified(tx: TransactionSql): Promise<Unnotified | undefined> {
  const [row] = await tx<Unnotified[]>`
    update messaging.campaigns c set untold = null
    where c.id = any (array(
      select id from messaging.campaigns where untold is not null order by id limit 1 for no key update skip locked))
    returning c.id, c.workspace_id, c.kind, old.untold, coalesce(c.status_reason, '') as reason, c.created_by, c.launched_by`;
  return row && { ...row, reason: asSentence(row.reason) };
}

function asSentence(reason: string): string {
  const alone = reason.startsWith(pausedByItself) ? reason.slice(pausedByItself.length) : reason;
  return `${alone.charAt(0).toUpperCase()}${alone.slice(1)}`;
}
