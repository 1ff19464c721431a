import type { ReasonText } from "./reasons.ts";
import { type RefusalReason, refusalTexts } from "./refusals.ts";
import {
  type MessagingType,
  type PolicyRules,
  policyRules,
  type Route,
  ruleInForce,
  type RouteRule,
  type Tag,
} from "./rules.ts";

export type { MessagingType, Route, Tag };

/**
 * The sender. Only a signed-in author of the text counts as a person. A confirmation answers the contact's own
 * consent keyword.
 */
export type Sender = { kind: "person" } | { kind: "automation" } | { kind: "confirmation" };

/** Facts about the person on this page. */
export interface ContactFacts {
  subscribed: boolean;
  blockedAt: Date | null;
  unreachableAt: Date | null;
  /** Meta's time of the last act that opens the window. */
  lastInboundAt: Date | null;
  adWindowUntil: Date | null;
  /** Meta refused an attempt of this time as outside the window. */
  windowClosedAt: Date | null;
}

export interface PageFacts {
  status: "connected" | "token_dead" | "restricted" | "disconnected";
  humanAgent: "unknown" | "available" | "unavailable";
}

export type ContentFacts =
  | { kind: "free" }
  | { kind: "utility" }
  | { kind: "private_reply"; commentedAt: Date; isAnswered: boolean }
  | { kind: "recurring_notification"; expiresAt: Date; region: string | null };

export interface PolicyQuestion {
  sender: Sender;
  contact: ContactFacts;
  page: PageFacts;
  content: ContentFacts;
  now: Date;
  isWorkspaceDisabled?: boolean;
  /** A window counts as closed this long before its end, because a message takes time to reach Meta. */
  marginMs?: number;
  rules?: PolicyRules;
}

/** The basis of a decision, stored with each sent message. */
export interface DecisionFacts {
  sender: Sender["kind"];
  content: ContentFacts["kind"];
  at: string;
  lastInboundAt: string | null;
  rule: string;
}

export interface Allowed {
  allowed: true;
  route: Route;
  messagingType: MessagingType;
  tag?: Tag;
  /** When this permission ends; null: it does not. */
  until: Date | null;
  facts: DecisionFacts;
}

export interface Refused extends ReasonText {
  allowed: false;
  reason: RefusalReason;
  /** The time at which the decision may change. */
  until?: Date;
}

export type Decision = Allowed | Refused;

/** A permission with the source of its rule. */
type Way = Omit<Allowed, "facts"> & { rule: string };

/** Waiting for Meta's answer at the edge of a window costs less than a refusal by Meta. */
export const windowMarginMs = 60_000;

/**
 * Decides for every path whether a message may be sent now, and how. Pure: equal input gives equal output.
 * HUMAN_AGENT only for a member's reply between 24 hours and 7 days; later only utility messages.
 */
export function decide(question: PolicyQuestion): Decision {
  const found = findWay(question);
  if (!found.allowed) return found;
  const { rule, route, messagingType, tag, until } = found;
  const { now, sender, content, contact } = question;
  return {
    allowed: true,
    route,
    messagingType,
    ...(tag === undefined ? {} : { tag }),
    until,
    facts: {
      sender: sender.kind,
      content: content.kind,
      at: now.toISOString(),
      lastInboundAt: contact.lastInboundAt?.toISOString() ?? null,
      rule,
    },
  };
}

/** The decision of `decide` without its facts, for each row of a list. */
export function findWay(question: PolicyQuestion): Way | Refused {
  return refuseAnyWay(question) ?? findRoute(question);
}

function refuse(reason: RefusalReason, until?: Date): Refused {
  return { allowed: false, reason, ...refusalTexts[reason], ...(until ? { until } : {}) };
}

/** Reasons that forbid any message. */
function refuseAnyWay({ page, contact, isWorkspaceDisabled }: PolicyQuestion): Refused | undefined {
  if (isWorkspaceDisabled === true) return refuse("workspace-disabled");
  if (page.status === "disconnected") return refuse("page-disconnected");
  if (page.status === "token_dead") return refuse("page-token-dead");
  if (page.status === "restricted") return refuse("page-restricted");
  if (contact.blockedAt) return refuse("blocked");
  if (isUnreachable(contact)) return refuse("unreachable");
  return undefined;
}

function isUnreachable({ unreachableAt, lastInboundAt }: ContactFacts): boolean {
  return unreachableAt !== null && (lastInboundAt === null || lastInboundAt <= unreachableAt);
}

function findRoute(question: PolicyQuestion): Way | Refused {
  const { content, contact, sender } = question;
  // A person who opted out still gets a member's reply to their own message, inside the window, and
  // hears that they get no more.
  const mayAnswer = sender.kind !== "automation" && content.kind === "free";
  if (!contact.subscribed && !mayAnswer) return refuse("unsubscribed");
  switch (content.kind) {
    case "free":
      return findFree(question);
    case "utility":
      return allow(question, { route: "utility", messagingType: "UTILITY", until: null });
    case "private_reply":
      return findPrivateReply(question, content);
    case "recurring_notification":
      if (question.now >= content.expiresAt) return refuse("token-expired");
      return allow(question, {
        route: "recurring_notification",
        messagingType: "UPDATE",
        until: content.expiresAt,
      });
  }
}

function findFree(question: PolicyQuestion): Way | Refused {
  const { contact, sender, page, now } = question;
  const marginMs = question.marginMs ?? windowMarginMs;
  const windows = windowsOf(contact, now, question.rules);
  if (!windows) return refuse("never-wrote");
  const messagingType = sender.kind === "automation" ? "UPDATE" : "RESPONSE";
  const isOpen = (until: Date | null): until is Date =>
    until !== null && now.getTime() < until.getTime() - marginMs;

  if (isOpen(windows.standardUntil))
    return allow(question, { route: "standard", messagingType, until: windows.standardUntil });
  if (!contact.subscribed) return refuse("unsubscribed");
  if (isOpen(windows.adUntil))
    return allow(question, { route: "ad_window", messagingType, until: windows.adUntil });
  if (sender.kind !== "person") return refuse("window-closed");
  if (page.humanAgent === "unavailable")
    return refuse(isOpen(windows.humanUntil) ? "human-agent-unavailable" : "window-closed");
  if (!isOpen(windows.humanUntil)) return refuse("window-closed");
  // Meta forbids the tag inside the window: the last minute of it belongs to neither.
  const taggedFrom = windows.taggedFrom;
  if (now < taggedFrom) return refuse(windows.standardUntil ? "window-closing" : "window-closed", taggedFrom);
  return allow(question, {
    route: "human_agent",
    messagingType: "MESSAGE_TAG",
    tag: "HUMAN_AGENT",
    until: windows.humanUntil,
  });
}

function findPrivateReply(
  question: PolicyQuestion,
  { commentedAt, isAnswered }: Extract<ContentFacts, { kind: "private_reply" }>,
): Way | Refused {
  if (isAnswered) return refuse("comment-answered");
  const rule = ruleInForce(question.rules ?? policyRules, "private_reply", question.now);
  const until = new Date(commentedAt.getTime() + (rule?.lastsMs ?? 0));
  const isOpen = question.now.getTime() < until.getTime() - (question.marginMs ?? windowMarginMs);
  if (!isOpen) return refuse("comment-too-old");
  return allow(question, { route: "private_reply", messagingType: "RESPONSE", until });
}

interface Windows {
  /** Null: Meta reported that it is closed. */
  standardUntil: Date | null;
  adUntil: Date | null;
  humanUntil: Date | null;
  /** From here on a message is inside neither the 24 hours nor the window of an ad. */
  taggedFrom: Date;
}

/** When each window of this person ends; undefined when the person never wrote. */
export function windowsOf(
  contact: ContactFacts,
  now: Date,
  rules: PolicyRules = policyRules,
): Windows | undefined {
  const { lastInboundAt, adWindowUntil, windowClosedAt } = contact;
  if (!lastInboundAt) return undefined;
  const end = (rule: RouteRule | undefined) =>
    rule && rule.lastsMs !== null ? new Date(lastInboundAt.getTime() + rule.lastsMs) : null;
  const isClosedByMeta = windowClosedAt !== null && windowClosedAt >= lastInboundAt;
  const standardEnd = end(ruleInForce(rules, "standard", now));
  const standardUntil = isClosedByMeta ? null : standardEnd;
  const adUntil = !isClosedByMeta && ruleInForce(rules, "ad_window", now) ? adWindowUntil : null;
  const untagged = [standardEnd, adUntil].filter((until) => until !== null);
  return {
    standardUntil,
    adUntil,
    humanUntil: end(ruleInForce(rules, "human_agent", now)),
    taggedFrom: new Date(Math.max(0, ...untagged.map((until) => until.getTime()))),
  };
}

function allow(question: PolicyQuestion, way: Omit<Way, "allowed" | "rule">): Way | Refused {
  const { content, now, rules = policyRules } = question;
  const region = content.kind === "recurring_notification" ? content.region : null;
  const rule = ruleInForce(rules, way.route, now, region);
  if (!rule) return refuse(way.route === "recurring_notification" ? "programme-ended" : "window-closed");
  return { allowed: true, ...way, rule: rule.source };
}
