import type { Sql, TransactionSql } from "postgres";
import { decide, type Decision } from "../policy.ts";
import type { Flight } from "./flight.ts";
import { recordDeltas } from "./deltas.ts";
import { firstDue } from "./lane_due.ts";
import { drawSlots, type DrawnSlots, shareNow } from "./pace.ts";
import { type DeliverySettings, type LaneClass, paceKindOf } from "./settings.ts";

export interface ClaimRequest {
  workerId: string;
  classes: readonly LaneClass[];
  /** Most messages to take. */
  limit: number;
  settings: Pick<DeliverySettings, "leaseSeconds">;
}

export interface Claimed {
  pageId: string;
  class: LaneClass;
  epoch: number;
  flights: Flight[];
  /** Conversations whose message was not sent, and will not be. */
  skipped: { workspaceId: string; contactId: string }[];
}

const probeMs = 5_000;

interface LaneRow {
  workspace_id: string;
  page_id: string;
  class: LaneClass;
  epoch: number;
  is_mine: boolean;
  facebook_id: string;
  token_sealed: string | null;
  status: "connected" | "token_dead" | "restricted" | "disconnected";
  human_agent: "unknown" | "available" | "unavailable";
  is_disabled: boolean;
}

interface WaitingRow {
  id: string;
  campaign_id: string | null;
  contact_id: string;
  psid: string;
  message_id: string | null;
  is_person: boolean;
  attempts: number;
  trace_id: string | null;
  message: Record<string, unknown>;
  subscribed: boolean;
  blocked_at: number | null;
  unreachable_at: number | null;
  last_inbound_at: number | null;
  ad_window_until: number | null;
  window_closed_at: number | null;
}

/**
 * Takes the next slice of the lane that has waited longest, replies first: leases the lane, draws slots on the
 * database's clock, asks policy again, and marks the messages `sending`, all in one transaction. Null: nothing is due.
 */
export async function claimSlice(sql: Sql, request: ClaimRequest): Promise<Claimed | null> {
  return await sql.begin(async (tx) => {
    const lane = await takeLane(tx, request);
    if (!lane) return null;
    const claimed = { pageId: lane.page_id, class: lane.class, epoch: lane.epoch };
    const { leaseSeconds } = request.settings;
    if (lane.token_sealed === null || lane.status === "token_dead" || lane.status === "disconnected") {
      await tx`update messaging.lanes set next_eligible_at = null, held_until = 'infinity',
        held_reason = 'The page is not connected' where page_id = ${lane.page_id} and class = ${lane.class}`;
      return { ...claimed, flights: [], skipped: [] };
    }
    if (lane.is_disabled) {
      await tx`update messaging.lanes set next_eligible_at = clock_timestamp() + interval '30 s'
        where page_id = ${lane.page_id} and class = ${lane.class}`;
      return { ...claimed, flights: [], skipped: [] };
    }
    // A restricted page gets one message as a probe when its pause is over.
    const limit = lane.status === "restricted" ? 1 : request.limit;
    const pace = await lockPace(tx, lane);
    const isReply = lane.class === "reply";
    const offered = drawSlots(pace, { isReply, count: limit });
    const waiting = offered.times.length > 0 ? await takeWaiting(tx, lane, offered.times.length + 1) : [];
    const rows = shareOut(waiting, offered.times.length);
    const decided = rows.map((row) => ({ row, decision: decideNow(lane, row, pace.now) }));
    const sending = decided.flatMap(({ row, decision }) => (decision.allowed ? [{ row, decision }] : []));
    const drawn = drawSlots(pace, { isReply, count: sending.length });
    const chosen = sending.map(({ row, decision }, index) =>
      toFlight(lane, row, decision, (drawn.times[index] ?? pace.now) - pace.now),
    );
    const flights = await markSending(tx, lane.epoch, chosen, sending);
    const skipped = await markRefused(tx, decided);
    if (sending.length > 0) await storePace(tx, lane, pace, drawn);
    const isMore = waiting.length > rows.length || offered.times.length === 0;
    // What a probe of a restricted page says has to be known before the next one.
    const nextAt = lane.status === "restricted" && flights.length > 0 ? pace.now + probeMs : drawn.nextAt;
    await storeLane(tx, lane, { ...request, leaseSeconds, nextAt: isMore ? nextAt : null, now: pace.now });
    return {
      ...claimed,
      flights,
      skipped: skipped.map((row) => ({ workspaceId: lane.workspace_id, contactId: row.contact_id })),
    };
  });
}

async function takeLane(
  tx: TransactionSql,
  { workerId, classes }: ClaimRequest,
): Promise<LaneRow | undefined> {
  // Whether a workspace is switched off is read here and not asked of its module: it must hold in this transaction.
  const [lane] = await tx<LaneRow[]>`
    select l.workspace_id, l.page_id, l.class, l.epoch::float8, p.facebook_id, p.token_sealed, p.status, p.human_agent,
           coalesce(l.leased_by = ${workerId} and l.leased_until > clock_timestamp(), false) as is_mine,
           exists (select from auth.workspaces w where w.id = l.workspace_id and w.disabled_at is not null) as is_disabled
    from messaging.lanes l join messaging.pages p on p.workspace_id = l.workspace_id and p.id = l.page_id
    where l.next_eligible_at <= clock_timestamp() and l.class = any(${[...classes]}::text[])
      and (l.leased_until is null or l.leased_until <= clock_timestamp() or l.leased_by = ${workerId})
    order by (l.class = 'reply') desc, l.next_eligible_at
    limit 1 for update of l skip locked`;
  if (!lane) return undefined;
  return lane.is_mine ? lane : { ...lane, epoch: lane.epoch + 1 };
}

interface PaceRow {
  limit_per_second: number;
  share: number;
  share_age: number;
  open_at: number;
  reserve_at: number;
  now: number;
}

async function lockPace(tx: TransactionSql, lane: LaneRow) {
  await tx`select from messaging.paces where page_id = ${lane.page_id} and kind = ${paceKindOf(lane.class)} for update`;
  // Read after the lock is ours: the time spent waiting for it has passed for the slots, too.
  const [row] = await tx<PaceRow[]>`
    select limit_per_second::float8, share::float8, extract(epoch from clock_timestamp() - share_at)::float8 as share_age,
           (extract(epoch from open_at) * 1000)::float8 as open_at,
           (extract(epoch from reserve_at) * 1000)::float8 as reserve_at,
           (extract(epoch from clock_timestamp()) * 1000)::float8 as now
    from messaging.paces where page_id = ${lane.page_id} and kind = ${paceKindOf(lane.class)}`;
  if (!row) throw new Error(`Cannot send for page ${lane.page_id}: it has no pace. Reconnect the page`);
  return {
    limitPerSecond: row.limit_per_second,
    share: row.share,
    shareAgeSeconds: row.share_age,
    openAt: row.open_at,
    reserveAt: row.reserve_at,
    now: row.now,
  };
}

async function takeWaiting(tx: TransactionSql, lane: LaneRow, count: number): Promise<WaitingRow[]> {
  // Only campaigns that run are looked at, each from its own stretch of the index: what waits in the others costs
  // nothing. Per person one at a time: a reply waits for earlier ones, and nothing but a reply starts while anything
  // is on its way to the same person.
  return await tx<WaitingRow[]>`
    with ready as materialized (
      select null::uuid as id
      union all
      select c.id from messaging.campaigns c
      where c.workspace_id = ${lane.workspace_id} and c.status = 'running'
        and (c.expires_at is null or c.expires_at > clock_timestamp()) and exists (
          select from messaging.deliveries d where d.page_id = ${lane.page_id} and d.class = ${lane.class}
            and d.campaign_id = c.id and d.state = 'queued' and d.due_at <= clock_timestamp()))
    select d.id, d.campaign_id, d.contact_id, d.psid, d.message_id, d.by_user_id is not null as is_person,
           d.attempts::int4, d.trace_id, content.message, c.subscribed,
           (extract(epoch from c.blocked_at) * 1000)::float8 as blocked_at,
           (extract(epoch from c.unreachable_at) * 1000)::float8 as unreachable_at,
           (extract(epoch from c.last_inbound_at) * 1000)::float8 as last_inbound_at,
           (extract(epoch from c.ad_window_until) * 1000)::float8 as ad_window_until,
           (extract(epoch from c.window_closed_at) * 1000)::float8 as window_closed_at
    from ready
    cross join lateral (
      select * from (
        select * from messaging.deliveries d
        where ready.id is null and d.campaign_id is null and d.page_id = ${lane.page_id} and d.class = ${lane.class}
          and d.state = 'queued' and d.due_at <= clock_timestamp() and not exists (
            select from messaging.deliveries o
            where o.contact_id = d.contact_id and o.state in ('queued', 'leased', 'sending', 'unknown')
              and ((o.campaign_id is null and o.class = d.class and o.id < d.id)
                or (d.class <> 'reply' and o.id <> d.id and o.state = 'sending')))
        order by d.due_at, d.id limit ${count}) alone
      union all
      select * from (
        select * from messaging.deliveries d
        where d.campaign_id = ready.id and d.page_id = ${lane.page_id} and d.class = ${lane.class}
          and d.state = 'queued' and d.due_at <= clock_timestamp() and not exists (
            select from messaging.deliveries o
            where o.contact_id = d.contact_id and o.state = 'sending')
        order by d.due_at, d.id
        limit greatest(1, 2 * ${count}::int4 / (select count(*) from ready))) of_campaign) d
    join messaging.contacts c on c.workspace_id = d.workspace_id and c.id = d.contact_id and c.page_id = d.page_id
    join messaging.contents content on content.workspace_id = d.workspace_id and content.id = d.content_id`;
}

/** Campaigns take turns; nobody gets two messages at once. */
function shareOut(waiting: WaitingRow[], count: number): WaitingRow[] {
  const turns = [...Map.groupBy(waiting, (row) => row.campaign_id).values()];
  const taken: WaitingRow[] = [];
  const people = new Set<string>();
  for (let turn = 0; taken.length < count && turns.some((rows) => turn < rows.length); turn += 1) {
    for (const rows of turns) {
      const row = rows[turn];
      if (!row || people.has(row.contact_id) || taken.length === count) continue;
      people.add(row.contact_id);
      taken.push(row);
    }
  }
  return taken;
}

const dateOf = (ms: number | null) => (ms === null ? null : new Date(ms));

function decideNow(lane: LaneRow, row: WaitingRow, now: number): Decision {
  return decide({
    sender: { kind: row.is_person ? "person" : "automation" },
    contact: {
      subscribed: row.subscribed,
      blockedAt: dateOf(row.blocked_at),
      unreachableAt: dateOf(row.unreachable_at),
      lastInboundAt: dateOf(row.last_inbound_at),
      adWindowUntil: dateOf(row.ad_window_until),
      windowClosedAt: dateOf(row.window_closed_at),
    },
    page: { status: "connected", humanAgent: lane.human_agent },
    content: { kind: lane.class === "utility" ? "utility" : "free" },
    now: new Date(now),
  });
}

function toFlight(
  lane: LaneRow,
  row: WaitingRow,
  decision: Extract<Decision, { allowed: true }>,
  delayMs: number,
): Flight {
  return {
    deliveryId: row.id,
    attemptId: crypto.randomUUID(),
    attemptAt: 0,
    attempts: row.attempts + 1,
    workspaceId: lane.workspace_id,
    pageId: lane.page_id,
    pageFacebookId: lane.facebook_id,
    tokenSealed: lane.token_sealed ?? "",
    class: lane.class,
    contactId: row.contact_id,
    psid: row.psid,
    messageId: row.message_id,
    campaignId: row.campaign_id,
    message: row.message,
    route: decision.route,
    messagingType: decision.messagingType,
    tag: decision.tag,
    traceId: row.trace_id,
    delayMs,
  };
}

async function markSending(
  tx: TransactionSql,
  epoch: number,
  flights: Flight[],
  sending: { decision: Extract<Decision, { allowed: true }> }[],
): Promise<Flight[]> {
  if (flights.length === 0) return [];
  const rows = flights.map((flight, index) => ({
    id: flight.deliveryId,
    attempt: flight.attemptId,
    route: flight.route,
    decision: sending[index]?.decision.facts,
  }));
  const marked = await tx<{ id: string; at: number }[]>`
    with changed as (
      update messaging.deliveries d
      set state = 'sending', attempt_id = r.attempt, attempt_at = clock_timestamp(), lane_epoch = ${epoch},
          attempts = d.attempts + 1, route = r.route, decision = r.decision, reason = null, error_code = null,
          error_subcode = null, error_text = null
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(id uuid, attempt uuid, route text, decision jsonb)
      where d.id = r.id and d.state = 'queued'
      returning d.id, (extract(epoch from d.attempt_at) * 1000)::float8 as at, d.campaign_id, old.state as was,
        new.state as became),
    delta as (${tx.unsafe(recordDeltas)})
    select id, at from changed`;
  // Cancelled or skipped meanwhile: what came back is on its way, and nothing else.
  const times = new Map(marked.map(({ id, at }) => [id, at]));
  return flights.flatMap((flight) => {
    const attemptAt = times.get(flight.deliveryId);
    return attemptAt === undefined ? [] : [{ ...flight, attemptAt }];
  });
}

async function markRefused(
  tx: TransactionSql,
  decided: { row: WaitingRow; decision: Decision }[],
): Promise<WaitingRow[]> {
  const refused = decided.flatMap(({ row, decision }) => (decision.allowed ? [] : [{ row, decision }]));
  if (refused.length === 0) return [];
  // At the very edge of the window a moment of waiting decides; everything else is final.
  const rows = refused.map(({ row, decision }) => ({
    id: row.id,
    reason: decision.reason,
    until: decision.reason === "window-closing" ? (decision.until?.toISOString() ?? null) : null,
  }));
  await tx`
    with changed as (
      update messaging.deliveries d
      set state = case when r.until is null then 'skipped' else 'queued' end,
          reason = case when r.until is null then r.reason end,
          settled_at = case when r.until is null then clock_timestamp() end,
          due_at = coalesce(r.until, d.due_at)
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(id uuid, reason text, until timestamptz)
      where d.id = r.id and d.state = 'queued'
      returning d.campaign_id, old.state as was, new.state as became)
    ${tx.unsafe(recordDeltas)}`;
  return refused.map(({ row }) => row);
}

async function storePace(
  tx: TransactionSql,
  lane: LaneRow,
  pace: Parameters<typeof drawSlots>[0],
  drawn: DrawnSlots,
): Promise<void> {
  await tx`update messaging.paces
    set open_at = to_timestamp(${drawn.openAt}::float8 / 1000), reserve_at = to_timestamp(${drawn.reserveAt}::float8 / 1000),
        share = ${shareNow(pace)}::float8, share_at = to_timestamp(${pace.now}::float8 / 1000)
    where page_id = ${lane.page_id} and kind = ${paceKindOf(lane.class)}`;
}

async function storeLane(
  tx: TransactionSql,
  lane: LaneRow,
  given: { workerId: string; leaseSeconds: number; nextAt: number | null; now: number },
): Promise<void> {
  // Asked again a little before the slots of this slice are used up, so that none is lost between two slices.
  const next = given.nextAt === null ? null : Math.max(given.nextAt - 125, given.now + 5);
  await tx`update messaging.lanes l
    set leased_by = ${given.workerId}, epoch = ${lane.epoch},
        leased_until = clock_timestamp() + make_interval(secs => ${given.leaseSeconds}::float8),
        next_eligible_at = coalesce(to_timestamp(${next}::float8 / 1000), (
          select case when at <= clock_timestamp() then clock_timestamp() + interval '1 s' else at end
          from (select ${firstDue(tx)} as at) due))
    where l.page_id = ${lane.page_id} and l.class = ${lane.class}`;
}
