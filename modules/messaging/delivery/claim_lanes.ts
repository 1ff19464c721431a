import type { Sql, TransactionSql } from "postgres";
import { relations } from "#auth";
import { firstDue } from "./lane_due.ts";
import type { LanePace, PageGate, PageGates } from "./page_gates.ts";
import type { LaneClass } from "./settings.ts";

const pagesAtOnce = 16;

/**
 * Leases pages in which something is due and from which nobody sends. A lease that ended without being given back was a
 * worker's that died or lost the database: the gate stays closed until Meta has forgotten what that one sent last.
 */
export async function takePages(
  sql: Sql,
  gates: PageGates,
  {
    workerId,
    leaseSeconds,
    classes,
  }: { workerId: string; leaseSeconds: number; classes: readonly LaneClass[] },
): Promise<void> {
  // A lease that ends later than any could comes from a clock that was set back.
  const taken = await sql<
    { workspace_id: string; page_id: string; kind: "text" | "media"; epoch: number; is_taken_over: boolean }[]
  >`
    update messaging.paces pace
    set leased_by = ${workerId}, epoch = pace.epoch + 1,
        leased_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::float8)
    from (
      select free.page_id, free.kind from messaging.lanes l
      join messaging.paces free on free.page_id = l.page_id
        and free.kind = case l.class when 'media' then 'media' else 'text' end
      where l.next_eligible_at <= clock_timestamp() and l.class = any(${[...classes]}::text[])
        and free.leased_by is distinct from ${workerId} and (free.leased_until is null
          or free.leased_until <= clock_timestamp()
          or free.leased_until > clock_timestamp() + make_interval(secs => 2 * ${leaseSeconds}::float8))
      order by l.next_eligible_at limit ${pagesAtOnce} for update of free skip locked) free
    where pace.page_id = free.page_id and pace.kind = free.kind
    returning pace.workspace_id, pace.page_id, pace.kind, pace.epoch::float8, old.leased_by is not null as is_taken_over`;
  for (const row of taken) {
    const { workspace_id: workspaceId, page_id: pageId, kind, epoch, is_taken_over: isTakenOver } = row;
    gates.take({ workspaceId, pageId, kind, epoch, isTakenOver });
  }
}

/** After its pause a restricted page sends one message, and waits this long for its result. */
export const probeMs = 5_000;
/** How soon the end of a restriction is noticed that Meta lifted before its time. */
const restrictedLookMs = 5_000;

/** A locked due lane with the data for sending. */
export interface LaneRow extends LanePace {
  workspace_id: string;
  class: LaneClass;
  holds: number;
  /** Of this worker's lease. */
  epoch: number;
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

/** A lane that can send now. */
export interface OpenLane {
  lane: LaneRow;
  page: PageGate;
  room: number;
  /** Nothing more can leave in this slice; else the claim had to leave some for other lanes. */
  isAll: boolean;
}

/** Divides the available room among lanes that can send now. */
export function openLanes(
  lanes: readonly LaneRow[],
  { gates, limit }: { gates: PageGates; limit: number },
  now: number,
): { open: OpenLane[]; looks: NextLook[] } {
  const looks: NextLook[] = [];
  const open: OpenLane[] = [];
  const promised = new Map<PageGate, number>();
  let left = limit;
  for (const [index, lane] of lanes.entries()) {
    if (lane.token_sealed === null || lane.status === "token_dead" || lane.status === "disconnected") {
      looks.push({ lane, afterMs: null, isClosed: true });
      continue;
    }
    // Meta gave an end: no probe is needed, and the restriction may be lifted earlier.
    if (lane.restricted_ms !== null) {
      looks.push({ lane, afterMs: Math.min(lane.restricted_ms, restrictedLookMs) });
      continue;
    }
    if (lane.is_disabled) {
      looks.push({ lane, afterMs: 30_000 });
      continue;
    }
    const page = gates.open(lane);
    // Leased by another claim of this worker that does not know it yet.
    if (!page) {
      looks.push({ lane, afterMs: 5 });
      continue;
    }
    if (lane.budget !== null && lane.budget <= page.uncounted) {
      looks.push({ lane, afterMs: 60_000 });
      continue;
    }
    // After its pause a restricted page sends one message as a probe, and no other before its result.
    if (lane.status === "restricted" && page.unsettled + (promised.get(page) ?? 0) > 0) {
      looks.push({ lane, afterMs: probeMs });
      continue;
    }
    const share = lane.class === "reply" ? left : Math.max(1, Math.ceil(left / (lanes.length - index)));
    const most = lane.status === "restricted" || lane.class === "private_reply" ? 1 : share;
    const free = page.gate.room(now, lane.class === "reply") - (promised.get(page) ?? 0);
    const room = Math.min(free, most);
    if (room <= 0) {
      looks.push({ lane, afterMs: 25 });
      continue;
    }
    promised.set(page, (promised.get(page) ?? 0) + room);
    left -= room;
    open.push({ lane, page, room, isAll: room === free });
  }
  return { open, looks };
}

/** Takes from the buckets of campaigns with their own speed; the claim holds their rows. */
export async function drawSpeeds(
  tx: TransactionSql,
  drawn: ReadonlyMap<string, { speed: number; count: number }>,
): Promise<void> {
  const rows = [...drawn].map(([id, { speed, count }]) => ({ id, seconds: count / speed }));
  if (rows.length === 0) return;
  await tx`
    update messaging.campaigns c
    set speed_at = greatest(c.speed_at, clock_timestamp()) + make_interval(secs => r.seconds)
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(id uuid, seconds float8) where c.id = r.id`;
}
