import { type Allowed, type ContentFacts, decide, type Decision, quietUntil } from "../policy/mod.ts";
import { attachFile, addressesOf, fillMessage, isNaming, valuesOf } from "../templates/mod.ts";
import type { Start } from "./attempt_transitions.ts";
import type { LaneRow } from "./claim_lanes.ts";
import type { WaitingRow } from "./claim_rows.ts";

/** The decision about a waiting message, with the values to store. */
export type Verdict =
  | { kind: "send"; start: Start; decision: Allowed; message: Record<string, unknown> }
  | { kind: "skip" | "later"; start: Start }
  /** The page does not have its file yet. */
  | { kind: "upload"; mediaFileId: string };

export interface DecideContext {
  lane: LaneRow;
  attemptId: string;
  message: Record<string, unknown>;
  /** The last message to this person left so many milliseconds ago. */
  sinceLastMs: number;
  appUrl: string;
}

/** Shortest time between two messages of campaigns to one person. */
const shortestGapMs = 1_000;

/** The delay of a message that waits for another contact of the same person. */
const samePersonMs = 2_000;

/** The delay of a message that waits for the person's name. */
const nameMs = 500;

/** Checks everything again that may have changed since planning. Pure. */
export function decideRow(row: WaitingRow, context: DecideContext): Verdict {
  const { lane } = context;
  const decision = decidePolicy(row, lane);
  if (!decision.allowed) {
    // At the very edge of the window a moment of waiting decides; everything else is final.
    if (decision.reason === "window-closing" && decision.until) return later(row, decision.until.getTime());
    return skip(row, decision.reason);
  }
  // People on the suppression list get only a member's reply to their own message.
  const isAnswer = row.is_person && decision.route !== "utility";
  if (!isAnswer && row.is_suppressed) return skip(row, "suppressed");
  const held = row.campaign_id === null ? null : decideCampaign(row, decision, context);
  return held ?? compose(row, decision, context);
}

function skip({ id }: WaitingRow, reason: string): Verdict {
  return { kind: "skip", start: { id, state: "skipped", reason } };
}

/** Not before `at`, in milliseconds since 1970. */
function later({ id }: WaitingRow, at: number): Verdict {
  return { kind: "later", start: { id, state: "queued", due: at / 1000 } };
}

const dateOf = (ms: number | null) => (ms === null ? null : new Date(ms));

function decidePolicy(row: WaitingRow, lane: LaneRow): Decision {
  return decide({
    sender: { kind: row.is_person ? "person" : row.confirms_consent ? "confirmation" : "automation" },
    contact: {
      // A commenter without a contact has not opted out.
      subscribed: row.subscribed ?? true,
      blockedAt: dateOf(row.blocked_at),
      unreachableAt: dateOf(row.unreachable_at),
      lastInboundAt: dateOf(row.last_inbound_at),
      adWindowUntil: dateOf(row.ad_window_until),
      windowClosedAt: dateOf(row.window_closed_at),
    },
    page: { status: "connected", humanAgent: lane.human_agent },
    content: contentFacts(row, lane),
    now: new Date(lane.now),
  });
}

function contentFacts(row: WaitingRow, lane: LaneRow): ContentFacts {
  if (lane.class === "private_reply")
    return { kind: "private_reply", commentedAt: new Date(row.commented_at ?? 0), isAnswered: false };
  return { kind: lane.class === "utility" ? "utility" : "free" };
}

/** The workspace's own rules for campaigns; null: they have nothing against it. */
function decideCampaign(
  row: WaitingRow,
  decision: Allowed,
  { lane, sinceLastMs }: DecideContext,
): Verdict | null {
  if (row.is_spam) return skip(row, "spam");
  if (row.has_left) return skip(row, "left-sequence");
  if (row.same_person === "got") return skip(row, "duplicate-person");
  if (row.same_person === "waits") return later(row, lane.now + samePersonMs);
  if (row.recent !== null && lane.cap_count !== null && row.recent >= lane.cap_count)
    return skip(row, "capped");
  if (!row.ignores_quiet_hours && lane.quiet_from !== null && lane.quiet_until !== null) {
    const quiet = { from: lane.quiet_from, until: lane.quiet_until };
    const at = quietUntil(quiet, row.timezone ?? lane.timezone, lane.now);
    const end = Math.min(row.expires_at ?? Infinity, decision.until?.getTime() ?? Infinity);
    if (at !== null) return at < end ? later(row, at) : skip(row, "quiet-hours-past-expiry");
  }
  if (sinceLastMs < shortestGapMs) return later(row, lane.now + shortestGapMs - sinceLastMs);
  return null;
}

function compose(
  row: WaitingRow,
  decision: Allowed,
  { lane, attemptId, message, appUrl }: DecideContext,
): Verdict {
  if (row.awaits_name && isNaming(JSON.stringify(message))) return later(row, lane.now + nameMs);
  let composed = message;
  let fills: Record<string, string> | undefined;
  if (row.values !== null) {
    const filled = fillMessage(message, valuesOf(row.values), addressesOf(appUrl, row.id));
    if ("invalid" in filled) return skip(row, "content-invalid");
    composed = filled.message;
    fills = filled.fills;
  }
  if (row.media_file_id !== null) {
    if (row.upload_error !== null) return skip(row, "media-refused");
    if (row.attachment_id === null) return { kind: "upload", mediaFileId: row.media_file_id };
    composed = attachFile(composed, row.attachment_id);
  }
  const { route, facts } = decision;
  const start: Start = {
    id: row.id,
    state: "sending",
    attempt: attemptId,
    epoch: lane.epoch,
    route,
    decision: facts,
    fills,
  };
  return { kind: "send", start, decision, message: composed };
}
