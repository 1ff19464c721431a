import type { TransactionSql } from "postgres";
import { relations } from "#auth";
import { firstDue } from "./lane_due.ts";
import type { LaneClass } from "./settings.ts";

/** A locked due lane with the data for sending. */
export interface LaneRow {
  workspace_id: string;
  page_id: string;
  class: LaneClass;
  holds: number;
  kind: "text" | "media";
  /** Of this worker's lease. */
  epoch: number;
  limit_per_second: number;
  share: number;
  share_age: number;
  /** Remaining calls that Meta allows today; null: unknown. A fifth is reserved for replies. */
  budget: number | null;
  facebook_id: string;
  page_name: string;
  token_sealed: string | null;
  status: "connected" | "token_dead" | "restricted" | "disconnected";
  /** While Meta's stated restriction lasts: milliseconds until its end, Infinity until Meta lifts it. Else null. */
  restricted_ms: number | null;
  /** All pages were held, and no message has shown the end yet. */
  is_app_held: boolean;
  human_agent: "unknown" | "available" | "unavailable";
  is_disabled: boolean;
  timezone: string;
  cap_count: number | null;
  cap_hours: number | null;
  quiet_from: number | null;
  quiet_until: number | null;
  now: number;
}

/** Most lanes of one claim. */
export const lanesAtOnce = 16;

/**
 * Meta allows a page 750 private replies an hour ("Rate limiting", March 2026): 50 at once, and then 700 an hour. The
 * lane's `held_until` is the bucket: each reply moves it on by a step, from no earlier than 50 steps ago.
 */
const privateReplies = { atOnce: 50, stepSeconds: 3_600 / 700 };

/**
 * Locks due lanes of this worker's pages, one lane per workspace in turn, so a workspace's many pages do not delay
 * another's only one. Skips lanes locked by others. No page is given back during this.
 */
export async function takeLanes(
  tx: TransactionSql,
  { workerId, classes }: { workerId: string; classes: readonly LaneClass[] },
): Promise<LaneRow[]> {
  const isMine = tx`l.next_eligible_at <= clock_timestamp() and pace.leased_by = ${workerId}
    -- Neither asks about the lane: each is answered once.
    and (not exists (select from messaging.app_holds where held_until > clock_timestamp())
      or (l.class = 'reply' and exists (select from messaging.app_holds where are_replies_free)))`;
  const pace = tx`messaging.paces pace on pace.page_id = l.page_id
    and pace.kind = case l.class when 'media' then 'media' else 'text' end`;
  // Read here and not by the workspaces module: the state must hold in this transaction.
  return await tx<LaneRow[]>`
    with due as materialized (
      select l.page_id, l.class,
             row_number() over (partition by l.workspace_id order by l.next_eligible_at) as turn
      from messaging.lanes l join ${pace}
      where ${isMine} and l.class = any(${[...classes]}::text[])
      order by turn, l.next_eligible_at limit ${2 * lanesAtOnce})
    select l.workspace_id, l.page_id, l.class, l.holds::int4, pace.kind, pace.limit_per_second::float8,
           pace.epoch::float8, pace.share::float8,
           extract(epoch from clock_timestamp() - pace.share_at)::float8 as share_age,
           (200 * pace.engaged * case l.class when 'reply' then 1 else 0.8 end - (
             select coalesce(sum(calls), 0) from messaging.page_calls made
             where made.page_id = l.page_id and made.hour > clock_timestamp() - interval '24 h'))::float8 as budget,
           p.facebook_id, p.name as page_name, p.token_sealed, p.status, p.human_agent,
           exists (select from messaging.app_holds) as is_app_held,
           (case when p.restricted_until > clock_timestamp()
             then extract(epoch from p.restricted_until - clock_timestamp()) * 1000 end)::float8 as restricted_ms,
           l.workspace_id in ${tx.unsafe(relations.workspacesOff)} as is_disabled,
           coalesce(rules.timezone, 'UTC') as timezone, rules.cap_count::int4, rules.cap_hours::int4,
           rules.quiet_from::int4, rules.quiet_until::int4,
           (extract(epoch from clock_timestamp()) * 1000)::float8 as now
    from due
    join messaging.lanes l on l.page_id = due.page_id and l.class = due.class
    join ${pace}
    join messaging.pages p on p.workspace_id = l.workspace_id and p.id = l.page_id
    left join messaging.sending_rules rules on rules.workspace_id = l.workspace_id
    where ${isMine}
    order by due.turn, l.next_eligible_at limit ${lanesAtOnce}
    for update of l skip locked for key share of pace skip locked`;
}

/** When a lane is looked at again. `null`: when its first message is due. */
export interface NextLook {
  lane: LaneRow;
  afterMs: number | null;
  /** A private reply was sent: the next one waits for Meta's limit, even if the lane is woken. */
  isPaced?: boolean;
  /** The page is disconnected until someone reconnects it. */
  isClosed?: boolean;
}

/** Returns lanes to the clock. */
export async function storeLanes(tx: TransactionSql, looks: readonly NextLook[]): Promise<void> {
  const rows = looks.map(({ lane, afterMs, isPaced = false, isClosed = false }) => ({
    page: lane.page_id,
    class: lane.class,
    after: afterMs === null ? null : afterMs / 1000,
    paced: isPaced,
    closed: isClosed,
  }));
  const paced = tx`greatest(l.held_until, clock_timestamp() - make_interval(secs =>
      ${privateReplies.atOnce * privateReplies.stepSeconds}::float8))
    + make_interval(secs => ${privateReplies.stepSeconds}::float8)`;
  // Due rows that were not taken wait for something else: an earlier message to the same person, or a file.
  await tx`
    update messaging.lanes l
    set next_eligible_at = case
          when look.closed then null
          when look.paced then greatest(clock_timestamp(), ${paced})
          when look.after is not null then clock_timestamp() + make_interval(secs => look.after)
          else (
            select case when at <= clock_timestamp() then clock_timestamp() + interval '1 s' else at end
            from (select ${firstDue(tx)} as at) first) end,
        held_until = case when look.closed then 'infinity'
          when look.paced then ${paced} else l.held_until end,
        held_reason = case when look.closed then 'The page is not connected' else l.held_reason end
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as look(page uuid, class text, after float8, paced bool, closed bool)
    where l.page_id = look.page and l.class = look.class`;
}
