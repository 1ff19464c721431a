import { storable } from "#std";
import { type GraphError, graphErrorRule, type GraphUsage } from "../graph/mod.ts";
import { attachedId } from "../templates/mod.ts";
import type { Settlement } from "./attempt_transitions.ts";
import type { Flight, Landed } from "./flight.ts";
import type { DeliverySettings } from "./settings.ts";

/** The effect of an outcome on the page. */
export type PageEffect =
  | { kind: "unreachable_meta" }
  | { kind: "throttled"; retryAfterSeconds: number | null }
  | { kind: "near_limit"; retryAfterSeconds: number | null; isFull: boolean }
  | { kind: "token_dead"; reason: string }
  | { kind: "restricted"; reason: string }
  /** All pages: the app's limit is used up, or the app is refused. */
  | {
      kind: "app_held";
      reason: string;
      retryAfterSeconds: number | null;
      mostSeconds: number;
      areRepliesFree: boolean;
    }
  | { kind: "human_agent"; isAvailable: boolean };

/** The effect on the contact. */
export type ContactEffect =
  { kind: "unreachable"; reason: string } | { kind: "window_closed" } | { kind: "ad_closed" };

export interface Effect {
  /** Values to store of the attempt. */
  settlement: Settlement;
  /** The person that Meta reports as recipient. */
  recipientId?: string | null;
  error?: GraphError;
  contact?: ContactEffect;
  /** Another app or Meta's AI controls this conversation. */
  isHeldElsewhere?: true;
  page?: PageEffect;
  /** Meta forgot this attachment: upload its file again. */
  goneAttachmentId?: string;
}

/** A flight with the effect of its outcome. */
export interface Settling {
  flight: Flight;
  effect: Effect;
}

const usualRetries = 2;
/** "Invalid Attachment ID, you are not the owner of this attachment": also when its 90 days are over. */
const forgottenAttachment = 2018074;

/** Maps an outcome to effects on message, person and page. Pure except for the jitter. */
export function effectOf({ flight, outcome }: Landed, settings: DeliverySettings): Effect {
  const { deliveryId: id, attemptId: attempt } = flight;
  if (outcome.kind === "released") return { settlement: { id, attempt, state: "queued", uncounted: 1 } };
  if (outcome.kind === "error") return effectOfError(outcome.error, flight, settings);
  const page = pageEffectOfSuccess(flight, outcome.usage);
  const { mid, recipientId } = outcome;
  const sent: Effect = { settlement: { id, attempt, state: "sent", page: flight.pageId, mid }, recipientId };
  return page ? { ...sent, page } : sent;
}

function pageEffectOfSuccess(
  flight: Flight,
  { percent, appPercent, regainSeconds }: GraphUsage,
): PageEffect | undefined {
  if (appPercent !== null && appPercent >= 95)
    return {
      kind: "app_held",
      reason: "Nearly all of Meta's limit for the whole app is used",
      retryAfterSeconds: null,
      mostSeconds: 1_800,
      areRepliesFree: true,
    };
  if (percent !== null && percent >= 75)
    return { kind: "near_limit", retryAfterSeconds: regainSeconds, isFull: percent >= 95 };
  if (flight.tag === "HUMAN_AGENT") return { kind: "human_agent", isAvailable: true };
  return undefined;
}

function effectOfError(error: GraphError, flight: Flight, settings: DeliverySettings): Effect {
  const rule = error.code === null ? null : graphErrorRule(error.code, error.subcode, error.message);
  const title = rule?.title ?? error.message;
  const settled = (change: Pick<Settlement, "state" | "reason" | "after" | "uncounted">): Effect => ({
    settlement: {
      id: flight.deliveryId,
      attempt: flight.attemptId,
      code: error.code,
      subcode: error.subcode,
      text: storable(error.message, 500),
      mistake: change.state === "failed" ? mistakeOf(error) : undefined,
      ...change,
    },
    error,
  });
  const failed = settled({ state: "failed", reason: error.class });
  const skipped = (reason: string) => settled({ state: "skipped", reason });
  const waits = settled({ state: "queued", uncounted: 1 });
  switch (error.class) {
    case "maybe_sent":
      return settled({ state: "unknown", after: settings.graceSeconds });
    case "transient":
      if (error.phase === "not-sent") return { ...waits, page: { kind: "unreachable_meta" } };
      if (flight.attempts > (rule?.retries ?? usualRetries)) return failed;
      return settled({ state: "queued", after: pauseBefore(flight, error, settings) });
    case "app_refused":
      return { ...waits, page: appHeld(title, { retryAfterSeconds: null, mostSeconds: 300 }) };
    case "throttled":
      if (error.level === "app")
        return {
          ...waits,
          page: appHeld(title, { retryAfterSeconds: error.retryAfterSeconds, mostSeconds: 1_800 }),
        };
      return { ...waits, page: { kind: "throttled", retryAfterSeconds: error.retryAfterSeconds } };
    case "token_dead":
      return { ...waits, page: { kind: "token_dead", reason: title } };
    case "page_restricted":
    case "policy_block":
      return { ...waits, page: { kind: "restricted", reason: title } };
    case "permission":
      return isOfPage(error, flight) ? { ...waits, page: { kind: "restricted", reason: title } } : failed;
    case "unreachable":
      return { ...failed, contact: { kind: "unreachable", reason: title } };
    case "window_closed":
      // An ad only may have opened seven days. Another way may still be open: policy decides again.
      if (flight.route === "ad_window") return { ...waits, contact: { kind: "ad_closed" } };
      return { ...skipped("window-closed"), contact: { kind: "window_closed" } };
    case "human_agent_unavailable":
      return {
        ...skipped("human-agent-unavailable"),
        page: { kind: "human_agent", isAvailable: false },
      };
    case "not_thread_owner":
      // Unrelated to the campaign, whose failures count for its breakers.
      if (flight.campaignId === null) return { ...failed, isHeldElsewhere: true };
      return { ...skipped("another-app"), isHeldElsewhere: true };
    case "media": {
      const goneAttachmentId = error.subcode === forgottenAttachment ? attachedId(flight.message) : null;
      // Once: Meta does not accept after two refusals.
      if (goneAttachmentId === null || flight.attempts > 1) return failed;
      return { ...settled({ state: "queued" }), goneAttachmentId };
    }
    default:
      return failed;
  }
}

function appHeld(
  reason: string,
  times: { retryAfterSeconds: number | null; mostSeconds: number },
): PageEffect {
  return { kind: "app_held", reason, ...times, areRepliesFree: false };
}

/** Utility messages and private replies need their own permissions: without them everything else continues. */
function isOfPage(error: GraphError, { messagingType, commentId }: Flight): boolean {
  return error.level === "page" && messagingType !== "UTILITY" && commentId === null;
}

function pauseBefore(flight: Flight, error: GraphError, settings: DeliverySettings): number {
  const usual = settings.retrySeconds[flight.attempts - 1] ?? settings.retrySeconds.at(-1) ?? 1;
  return Math.max(
    usual * (0.75 + Math.random() / 2),
    (error.retryAfterSeconds ?? 0) * (1 + Math.random() / 4),
  );
}

/**
 * An error that says something of the campaign and not of this person, as "code/subcode": the template, the file, the
 * app's permissions, or a message that Meta does not accept for a reason that its table does not name. Null: none.
 */
function mistakeOf(error: GraphError): string | null {
  if (error.code === null) return null;
  const isNamed = graphErrorRule(error.code, error.subcode).subcodes !== undefined;
  const isMistake =
    error.class === "template" ||
    error.class === "media" ||
    error.class === "permission" ||
    (error.class === "invalid" && error.code === 100 && !isNamed);
  return isMistake ? `${error.code}/${error.subcode ?? 0}` : null;
}
