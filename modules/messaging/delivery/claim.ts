import type { Sql, TransactionSql } from "postgres";
import { type Start, startAttempts } from "./attempt_transitions.ts";
import { decideRow, type Verdict } from "./claim_decide.ts";
import {
  drawSpeeds,
  type LaneRow,
  lanesAtOnce,
  type NextLook,
  type OpenLane,
  openLanes,
  probeMs,
  storeLanes,
  takeLanes,
  takePages,
} from "./claim_lanes.ts";
import { type IdleCampaign, takeWaiting, type WaitingRow } from "./claim_rows.ts";
import type { ContentCache } from "./content_cache.ts";
import type { Flight } from "./flight.ts";
import { sliceMs } from "./gate.ts";
import { findFit } from "./late_claim.ts";
import type { PageGate, PageGates } from "./page_gates.ts";
import type { DeliverySettings, LaneClass } from "./settings.ts";

export interface ClaimRequest {
  workerId: string;
  classes: readonly LaneClass[];
  /** Most messages to take. */
  limit: number;
  settings: Pick<DeliverySettings, "leaseSeconds" | "graceSeconds">;
  gates: PageGates;
  contents: ContentCache;
  appUrl: string;
}

export interface Claimed {
  /** Wait at their gates. */
  flights: Flight[];
  /** The claim took too long for them: to be handed back. */
  unfit: Flight[];
  /** Conversations with a message that is not sent and will not be. */
  skipped: { workspaceId: string; contactId: string }[];
  /** Files that messages wait for. */
  uploads: { workspaceId: string; pageId: string; mediaFileId: string }[];
  /** Whether more may be taken at once. */
  isMore: boolean;
}

/**
 * Takes the next slice of due lanes: leases their pages, takes messages within the room of the gates, checks policy
 * again, and marks them `sending`, in one transaction. Null: nothing is due.
 */
export async function claimSlice(sql: Sql, request: ClaimRequest): Promise<Claimed | null> {
  return await request.gates.whileClaimed(() => claimNow(sql, request));
}

async function claimNow(sql: Sql, request: ClaimRequest): Promise<Claimed | null> {
  const claimedAt = performance.now();
  await takePages(sql, request.gates, { ...request, leaseSeconds: request.settings.leaseSeconds });
  const taken = await sql.begin(async (tx) => {
    // Planning takes longer than these statements, and each would be planned five times on each connection.
    const [, lanes] = await Promise.all([
      tx`set local plan_cache_mode = force_generic_plan`.execute(),
      takeLanes(tx, request),
    ]);
    if (lanes.length === 0) return null;
    const { open, looks } = openLanes(lanes, request, claimedAt);
    const slice = await takeSlice(tx, open, { ...request, claimedAt });
    const markedAt = performance.now();
    const allLooks = [...looks, ...slice.looks];
    const [attempts] = await Promise.all([
      startAttempts(tx, slice.starts),
      drawSpeeds(tx, slice.drawn),
      storeLanes(tx, allLooks),
    ]);
    const isMore = lanes.length >= lanesAtOnce || allLooks.some(({ afterMs }) => afterMs === 0);
    return { slice, attempts, markedAt, isMore };
  });
  if (!taken) return null;
  const { slice, attempts, markedAt, isMore } = taken;
  const marked = slice.flights.filter(({ flight }) => attempts.ids.has(flight.deliveryId));
  for (const { page, flight } of marked) {
    page.unsettled += 1;
    flight.attemptAt = attempts.attemptAt;
  }
  const flights = marked.map(({ flight }) => flight);
  const fit = await findFit(sql, flights, { ...request, claimedAt, markedAt });
  for (const { page, flight } of marked) if (fit.has(flight)) page.gate.add([flight]);
  return {
    flights: [...fit],
    unfit: flights.filter((flight) => !fit.has(flight)),
    skipped: slice.skipped,
    uploads: slice.uploads,
    isMore,
  };
}

interface Slice {
  flights: { flight: Flight; page: PageGate }[];
  starts: Start[];
  drawn: Map<string, { speed: number; count: number }>;
  looks: NextLook[];
  skipped: Claimed["skipped"];
  uploads: Claimed["uploads"];
}

async function takeSlice(
  tx: TransactionSql,
  open: readonly OpenLane[],
  request: ClaimRequest & { claimedAt: number },
): Promise<Slice> {
  const slice: Slice = { flights: [], starts: [], drawn: new Map(), looks: [], skipped: [], uploads: [] };
  if (open.length === 0) return slice;
  const rows = await takeWaiting(tx, open);
  await request.contents.load(tx, contentsOf(rows));
  const byLane = Map.groupBy(rows, (row) => row.lane);
  const contacts = new Set<string>();
  for (const [n, one] of open.entries()) fillLane(slice, one, byLane.get(n) ?? [], { request, contacts });
  return slice;
}

function contentsOf(rows: readonly (WaitingRow | IdleCampaign)[]): Set<string> {
  return new Set(rows.flatMap((row) => (row.id !== null && row.message === null ? [row.content_id] : [])));
}

const isWaiting = (row: WaitingRow | IdleCampaign): row is WaitingRow => row.id !== null;

/**
 * Rows of one lane in the order in which they go: campaigns take turns, what belongs to none is one of them. A row that
 * `mayGo` refuses when its turn comes gives it to the next of its campaign.
 */
function* inTurns(
  rows: readonly (WaitingRow | IdleCampaign)[],
  mayGo: (row: WaitingRow) => boolean,
): Generator<WaitingRow> {
  let lines = [...Map.groupBy(rows.filter(isWaiting), (row) => row.campaign_id).values()].map((line) =>
    line.values(),
  );
  while (lines.length > 0) {
    const left: typeof lines = [];
    for (const line of lines) {
      const row = line.find(mayGo);
      if (!row) continue;
      left.push(line);
      yield row;
    }
    lines = left;
  }
}

/** Decides rows of one lane until its room is used, and returns the time of the next look. */
function fillLane(
  slice: Slice,
  { lane, page, room, isAll }: OpenLane,
  rows: readonly (WaitingRow | IdleCampaign)[],
  { request, contacts }: { request: ClaimRequest & { claimedAt: number }; contacts: Set<string> },
): void {
  const blocked = new Set<string | null>();
  let sent = 0;
  let isMore = false;
  const isHeldBack = (row: WaitingRow) => {
    const drawn = row.campaign_id === null ? 0 : (slice.drawn.get(row.campaign_id)?.count ?? 0);
    return blocked.has(row.campaign_id) || (row.allowed !== null && drawn >= row.allowed);
  };
  // Another message to the same person goes first; this one waits for the next claim.
  const mayGo = (row: WaitingRow) => {
    if (isHeldBack(row)) return false;
    const isFree = sent < room && !contacts.has(row.contact_id ?? row.psid);
    isMore ||= !isFree;
    return isFree;
  };
  for (const row of inTurns(rows, mayGo)) {
    const contact = row.contact_id ?? row.psid;
    const attemptId = crypto.randomUUID();
    const verdict = decideRow(row, {
      lane,
      attemptId,
      message: row.message ?? request.contents.get(row.content_id) ?? {},
      sinceLastMs: request.claimedAt - (page.lastTo.of(contact) ?? Number.NEGATIVE_INFINITY),
      appUrl: request.appUrl,
    });
    if (verdict.kind === "upload") {
      // The rest of its campaign waits too; of replies only those to the same person.
      if (row.campaign_id === null) contacts.add(contact);
      else blocked.add(row.campaign_id);
      const { mediaFileId } = verdict;
      slice.uploads.push({ workspaceId: lane.workspace_id, pageId: lane.page_id, mediaFileId });
      continue;
    }
    slice.starts.push(verdict.start);
    if (verdict.kind === "skip" && row.campaign_id === null && row.contact_id !== null)
      slice.skipped.push({ workspaceId: lane.workspace_id, contactId: row.contact_id });
    if (verdict.kind !== "send") continue;
    sent += 1;
    contacts.add(contact);
    if (row.campaign_id !== null && row.speed !== null) {
      const count = slice.drawn.get(row.campaign_id)?.count ?? 0;
      slice.drawn.set(row.campaign_id, { speed: row.speed, count: count + 1 });
    }
    const attempt = { attemptId, claimedAt: request.claimedAt };
    slice.flights.push({ page, flight: toFlight(lane, row, verdict, attempt) });
  }
  isMore ||= Map.groupBy(rows, (row) => row.campaign_id)
    .values()
    .some((line) => line.some((row) => row.id !== null && row.allowed === null && line.length >= row.most));
  const filled = { lane, isFull: isAll && sent === room, sent, isMore, isBlocked: blocked.size > 0 };
  const isPaced = lane.class === "private_reply" && sent > 0;
  slice.looks.push({ lane, afterMs: isPaced ? 0 : nextLook(slice, filled, rows), isPaced });
}

interface Filled {
  lane: LaneRow;
  sent: number;
  /** The slice is full. */
  isFull: boolean;
  /** More rows wait than were taken, or may be taken. */
  isMore: boolean;
  isBlocked: boolean;
}

function nextLook(
  slice: Slice,
  { lane, isFull, sent, isMore, isBlocked }: Filled,
  rows: readonly (WaitingRow | IdleCampaign)[],
): number | null {
  // The result of a probe must be known before the next one.
  if (lane.status === "restricted" && sent > 0) return probeMs;
  // Slightly before the slots of this slice are used up, so none is lost between two slices.
  if (isMore) return isFull ? sliceMs / 2 : 0;
  const waits = rows.flatMap((row) => {
    if (row.campaign_id === null || row.speed === null) return [];
    const drawn = slice.drawn.get(row.campaign_id)?.count ?? 0;
    const nextMs = row.drawn_ms + (drawn * 1000) / row.speed - sliceMs / 2;
    // Nothing allowed though the bucket is full: a canary waits for its results, or another claim has the campaign.
    return [Math.min(1_000, Math.max(row.allowed === 0 ? 200 : 50, nextMs))];
  });
  if (isBlocked) waits.push(1_000);
  return waits.length > 0 ? Math.min(...waits) : null;
}

function toFlight(
  lane: LaneRow,
  row: WaitingRow,
  { decision, message }: Extract<Verdict, { kind: "send" }>,
  { attemptId, claimedAt }: { attemptId: string; claimedAt: number },
): Flight {
  return {
    deliveryId: row.id,
    attemptId,
    attemptAt: 0,
    attempts: row.attempts + 1,
    workspaceId: lane.workspace_id,
    pageId: lane.page_id,
    pageFacebookId: lane.facebook_id,
    tokenSealed: lane.token_sealed ?? "",
    class: lane.class,
    isReply: lane.class === "reply",
    isHeld: lane.holds > 0 || lane.status === "restricted" || lane.is_app_held,
    contactId: row.contact_id,
    psid: row.psid,
    commentId: row.comment_id,
    messageId: row.message_id,
    campaignId: row.campaign_id,
    message,
    route: decision.route,
    messagingType: decision.messagingType,
    tag: decision.tag,
    traceId: row.trace_id,
    claimedAt,
  };
}
