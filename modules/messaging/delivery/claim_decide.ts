import { type Allowed, type ContentFacts, decide, type Decision, quietUntil } from "../policy/mod.ts";
import { attachFile, addressesOf, fillMessage, isNaming, valuesOf } from "../templates/mod.ts";
import type { LaneRow } from "./claim_lanes.ts";
import type { WaitingRow } from "./claim_rows.ts";

/** The decision about a waiting message. */
export type Verdict =
  | {
      kind: "send";
      decision: Allowed;
      message: Record<string, unknown>;
      fills: Record<string, string> | null;
    }
  | { kind: "skip"; reason: string }
  /** Not before then, in milliseconds since 1970. */
  | { kind: "later"; at: number }
  /** The page does not have its file yet. */
  | { kind: "upload"; mediaFileId: string };

export interface DecideContext {
  lane: LaneRow;
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
    if (decision.reason === "window-closing" && decision.until)
      return { kind: "later", at: decision.until.getTime() };
    return { kind: "skip", reason: decision.reason };
  }
  // People on the suppression list get only a member's reply to their own message.
  const isAnswer = row.is_person && decision.route !== "utility";
  if (!isAnswer && row.is_suppressed) return { kind: "skip", reason: "suppressed" };
  const held = row.campaign_id === null ? null : decideCampaign(row, decision, context);
  return held ?? compose(row, decision, context);
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
  if (row.has_left) return { kind: "skip", reason: "left-sequence" };
  if (row.same_person === "got") return { kind: "skip", reason: "duplicate-person" };
  if (row.same_person === "waits") return { kind: "later", at: lane.now + samePersonMs };
  if (row.recent !== null && lane.cap_count !== null && row.recent >= lane.cap_count)
    return { kind: "skip", reason: "capped" };
  if (!row.ignores_quiet_hours && lane.quiet_from !== null && lane.quiet_until !== null) {
    const quiet = { from: lane.quiet_from, until: lane.quiet_until };
    const at = quietUntil(quiet, row.timezone ?? lane.timezone, lane.now);
    const end = Math.min(row.expires_at ?? Infinity, decision.until?.getTime() ?? Infinity);
    if (at !== null)
      return at < end ? { kind: "later", at } : { kind: "skip", reason: "quiet-hours-past-expiry" };
  }
  if (sinceLastMs < shortestGapMs) return { kind: "later", at: lane.now + shortestGapMs - sinceLastMs };
  return null;
}

function compose(row: WaitingRow, decision: Allowed, { lane, message, appUrl }: DecideContext): Verdict {
  if (row.awaits_name && isNaming(JSON.stringify(message))) return { kind: "later", at: lane.now + nameMs };
  let composed = message;
  let fills: Record<string, string> | null = null;
  if (row.values !== null) {
    const filled = fillMessage(message, valuesOf(row.values), addressesOf(appUrl, row.id));
    if ("invalid" in filled) return { kind: "skip", reason: "content-invalid" };
    composed = filled.message;
    fills = filled.fills;
  }
  if (row.media_file_id !== null) {
    if (row.upload_error !== null) return { kind: "skip", reason: "media-refused" };
    if (row.attachment_id === null) return { kind: "upload", mediaFileId: row.media_file_id };
    composed = attachFile(composed, row.attachment_id);
  }
  return { kind: "send", decision, message: composed, fills };
}
