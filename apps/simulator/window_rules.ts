import { GraphError, invalidParameter, outsideWindow } from "./graph_error.ts";
import type { Person } from "./state.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The message type and tag of a send. */
export interface SendKind {
  messagingType: string | undefined;
  tag: string | undefined;
  templateType: string | undefined;
}

const deadTags = ["CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE"];
const messagingTypes = ["RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY"];

/** Until when the standard window is open, in ms since 1970; 0 when the person never acted. */
export function windowEnd(person: Person): number {
  const standard = person.lastActionAt === null ? 0 : person.lastActionAt + dayMs;
  const fromAd = person.adMessageAt === null ? 0 : person.adMessageAt + 7 * dayMs;
  return Math.max(standard, fromAd);
}

/** Checks `messaging_type` and `tag` by themselves, before anyone asks whom they go to. */
export function checkKind(kind: SendKind, rules: { humanAgent: boolean }): void {
  const { messagingType, tag } = kind;
  if (messagingType === undefined) throw invalidParameter("The parameter messaging_type is required");
  if (!messagingTypes.includes(messagingType)) {
    throw invalidParameter(`Param messaging_type must be one of {${messagingTypes.join(", ")}}`);
  }
  if (messagingType !== "MESSAGE_TAG") {
    if (tag === undefined) return;
    throw invalidParameter("Param tag can only be set with messaging_type MESSAGE_TAG", 2018032);
  }
  if (tag === undefined)
    throw invalidParameter("Param tag must be set with messaging_type MESSAGE_TAG", 2018032);
  if (deadTags.includes(tag)) throw invalidParameter("Invalid parameter", 1893061);
  if (tag === "HUMAN_AGENT") {
    if (rules.humanAgent) return;
    throw invalidParameter("Cannot tag messages with 'HUMAN_AGENT' without prior approval.", 2018276);
  }
  if (tag === "CUSTOMER_FEEDBACK") {
    if (kind.templateType === "customer_feedback") return;
    throw invalidParameter(
      "The CUSTOMER_FEEDBACK tag can only be used with the customer feedback template",
      2018032,
    );
  }
  if (tag === "NON_PROMOTIONAL_SUBSCRIPTION") {
    throw new GraphError(10, "(#10) This message is sent outside of allowed window.", { subcode: 2018065 });
  }
  throw invalidParameter("Param tag must be one of {HUMAN_AGENT, CUSTOMER_FEEDBACK}");
}

/**
 * Throws 10/2018278 unless the person may be written to now: 24 h after their last action, 7 days after the
 * first message from an ad, 7 days for a tagged message, and at any time for a utility template.
 */
export function checkWindow(person: Person, kind: SendKind, now: number): void {
  if (kind.messagingType === "UTILITY") return;
  if (now < windowEnd(person)) return;
  const lastAction = person.lastActionAt ?? 0;
  if (kind.messagingType === "MESSAGE_TAG" && now < lastAction + 7 * dayMs) return;
  throw outsideWindow();
}
