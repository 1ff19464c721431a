import type { Sql, TransactionSql } from "postgres";
import { relations } from "#auth";
import { firstDue } from "./lane_due.ts";
import { type LaneClass, laneClasses, wakeChannel } from "./settings.ts";
import { skipPage } from "./transitions.ts";
import { recognize } from "#std";

/** Meta's limit of a page, from the Messenger Platform's "Rate limiting", March 2026. */
export const mostPerSecond = 300;

/** More than 40 a second for long can freeze the page's inbox at Meta; a fifth of these are for replies alone. */
export const usualPerSecond = 30;

/** The default pace of a page, and Meta's limits for the rest. */
const limits = [
  { kind: "text", perSecond: usualPerSecond },
  { kind: "media", perSecond: 10 },
  { kind: "lookup", perSecond: 2 },
] as const;

export interface LanePage {
  workspaceId: string;
  pageId: string;
}

/** Creates missing lanes and paces of a page. */
export async function ensureLanes(
  tx: Sql | TransactionSql,
  { workspaceId, pageId }: LanePage,
): Promise<void> {
  await tx`insert into messaging.lanes (workspace_id, page_id, class)
    select ${workspaceId}, ${pageId}, unnest(${[...laneClasses]}::text[]) on conflict do nothing`;
  await tx`insert into messaging.paces (workspace_id, page_id, kind, limit_per_second)
    select ${workspaceId}, ${pageId}, kind, per_second
    from unnest(${limits.map((limit) => limit.kind)}::text[], ${limits.map((limit) => limit.perSecond)}::float4[])
      as limits(kind, per_second) on conflict do nothing`;
}

/**
 * How many messages a second a page sends at most, but for audio and video. Workers that run know it at their next claim.
 * False: the workspace has no such page.
 */
export async function setPace(
  sql: Sql | TransactionSql,
  { workspaceId, pageId, perSecond }: LanePage & { perSecond: number },
): Promise<boolean> {
  const { count } = await sql`insert into messaging.paces (workspace_id, page_id, kind, limit_per_second)
    select workspace_id, id, 'text', ${perSecond}::float4 from messaging.pages
    where workspace_id = ${workspaceId} and id = ${pageId}
    on conflict (page_id, kind) do update set limit_per_second = excluded.limit_per_second`;
  return count > 0;
}

/** Ends all holds of a page after its access was restored; waiting messages are sent. */
export async function resumeLanes(tx: Sql | TransactionSql, { pageId }: LanePage): Promise<void> {
  await tx`
    update messaging.lanes l set held_until = null, held_reason = null, holds = 0,
      next_eligible_at = case when due.at is not null then greatest(due.at, clock_timestamp()) end
    from (select l.page_id, l.class, ${firstDue(tx)} as at from messaging.lanes l where l.page_id = ${pageId}) due
    where l.page_id = due.page_id and l.class = due.class`;
  await notifyWorkers(tx);
}

/** Messages still waiting when a page is disconnected are not sent automatically later; a campaign can be resent. */
export async function closeLanes(tx: Sql | TransactionSql, { pageId }: LanePage): Promise<void> {
  await skipPage(tx, { pageId, reason: "page-disconnected" });
  await tx`update messaging.lanes set held_until = 'infinity', held_reason = 'The page is disconnected', next_eligible_at = null
    where page_id = ${pageId}`;
}

/**
 * Makes the lane due now or at the end of its hold. Must be the last statement of its transaction: the row is hot.
 */
export async function wakeLane(
  tx: Sql | TransactionSql,
  { pageId, laneClass }: { pageId: string; laneClass: string },
): Promise<void> {
  await tx`update messaging.lanes
    set next_eligible_at = greatest(clock_timestamp(), held_until)
    where page_id = ${pageId} and class = ${laneClass}`;
  await notifyWorkers(tx, laneClass);
}

/**
 * Makes lanes due for their waiting rows: retries, and messages that an earlier one to the same person delayed. Lanes
 * in which nothing waits are not locked: a new reply, which wakes its lane too, would wait for this transaction.
 */
export async function wakeLanes(tx: TransactionSql | Sql, pageIds: readonly string[]): Promise<LaneClass[]> {
  const woken = await tx<{ class: LaneClass }[]>`
    with due as materialized (
      select l.page_id, l.class, first.at from messaging.lanes l cross join lateral (select ${firstDue(tx)} as at) first
      where l.page_id = any(${[...pageIds]}::uuid[]) and first.at is not null
        and (l.next_eligible_at is null or l.next_eligible_at > clock_timestamp() + interval '400 ms')
      order by l.page_id, l.class for update of l)
    update messaging.lanes l set next_eligible_at = greatest(due.at, clock_timestamp(), l.held_until)
    from due where l.page_id = due.page_id and l.class = due.class
    returning l.class`;
  return woken.map((lane) => lane.class);
}

/**
 * Makes lanes with rows of a campaign due, after planning and after a resume. Must be the last statement of its
 * transaction: the rows are hot.
 */
export async function wakeCampaign(
  tx: Sql | TransactionSql,
  { workspaceId, campaignId }: { workspaceId: string; campaignId: string },
): Promise<void> {
  await tx`
    with due as materialized (
      select l.page_id, l.class from messaging.lanes l
      where l.workspace_id = ${workspaceId} and l.class <> 'reply'
        and (l.next_eligible_at is null or l.next_eligible_at > clock_timestamp())
        -- One look into the index for each lane: a join would walk over everything that waits, and without the order
        -- so would a plan that believes the table to be small.
        and (select true from messaging.deliveries d where d.page_id = l.page_id and d.class = l.class
          and d.campaign_id = ${campaignId} and d.state = 'queued' order by d.due_at, d.id limit 1)
      order by l.page_id, l.class for update)
    update messaging.lanes l set next_eligible_at = greatest(clock_timestamp(), l.held_until)
    from due where l.page_id = due.page_id and l.class = due.class`;
  await notifyWorkers(tx);
}

/** Makes the lanes of a workspace due that were rarely checked while it was disabled. */
export async function wakeWorkspace(tx: Sql | TransactionSql, workspaceId: string): Promise<void> {
  await tx`
    with due as materialized (
      select l.page_id, l.class from messaging.lanes l
      where l.workspace_id = ${workspaceId} and l.next_eligible_at > clock_timestamp()
      order by l.page_id, l.class for update)
    update messaging.lanes l set next_eligible_at = greatest(clock_timestamp(), l.held_until)
    from due where l.page_id = due.page_id and l.class = due.class`;
  await notifyWorkers(tx);
}

/** Notifies workers at commit of the class of lanes to check; all by default. */
async function notifyWorkers(tx: Sql | TransactionSql, laneClass = ""): Promise<void> {
  await tx`select pg_notify(${wakeChannel}, ${laneClass})`;
}

export interface LaneSummary {
  pageId: string;
  class: string;
  waiting: number;
  unknown: number;
  /** The delay of the oldest due message. */
  oldestSeconds: number;
  heldReason: string | null;
  heldReasonWords: ReturnType<typeof recognize>;
  nextEligibleAt: string | null;
}

/**
 * The queue depth of each lane with waiting messages or a hold, for the health page. Disconnected pages are not held.
 */
export async function summarizeLanes({ sql }: { sql: Sql }): Promise<LaneSummary[]> {
  const rows = await sql<Omit<LaneSummary, "heldReasonWords">[]>`
    select l.page_id as "pageId", l.class, coalesce(open.waiting, 0)::int4 as waiting,
           coalesce(open.unknown, 0)::int4 as unknown,
           greatest(0, coalesce(extract(epoch from clock_timestamp() - open.oldest), 0))::float8 as "oldestSeconds", case when l.workspace_id in ${sql.unsafe(relations.workspacesOff)} then 'The workspace is switched off' else l.held_reason end as "heldReason",
           to_char(nullif(l.next_eligible_at, 'infinity'), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "nextEligibleAt"
    from messaging.lanes l
    join messaging.pages p on p.workspace_id = l.workspace_id and p.id = l.page_id
    left join (
      select page_id, class, sum(waiting) as waiting, sum(unknown) as unknown, min(oldest) as oldest
      from (
        -- Separate, so each reads its index of open rows and not the whole ledger.
        select page_id, class, count(*) as waiting, 0 as unknown, min(due_at) as oldest
        from messaging.deliveries where state = 'queued' group by 1, 2
        union all
        select page_id, class, count(*) filter (where state <> 'unknown'), count(*) filter (where state = 'unknown'), null
        from messaging.deliveries where state in ('leased', 'sending', 'unknown') group by 1, 2) part
      group by 1, 2
    ) open on open.page_id = l.page_id and open.class = l.class
    where open.page_id is not null or (l.held_reason is not null and p.status <> 'disconnected')
    order by l.page_id, l.class`;
  return rows.map((row) => ({ ...row, heldReasonWords: recognize(row.heldReason) }));
}
