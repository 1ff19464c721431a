/** The only tag that may be sent; those that Meta removed cannot even be written. */
export type Tag = "HUMAN_AGENT";
export type MessagingType = "RESPONSE" | "UPDATE" | "MESSAGE_TAG" | "UTILITY";

export type Route =
  "standard" | "ad_window" | "human_agent" | "utility" | "private_reply" | "recurring_notification";

/** One way to a person that Meta offers or offered, from when to when and where. */
export interface RouteRule {
  route: Route;
  /** How long after the opening act, in milliseconds; null: no limit. */
  lastsMs: number | null;
  /** First and last moment at which Meta allows it; null: not limited. */
  from: string | null;
  until: string | null;
  /** Countries or regions of the person in which it is allowed; null: everywhere. */
  regions: readonly string[] | null;
  source: string;
}

export type PolicyRules = readonly RouteRule[];

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * Meta's rules as dated data, because Meta changes them each year. Read on 24 November 2026. One-time notifications,
 * the three update tags (refused since 27 April 2026), CUSTOMER_FEEDBACK and news messaging have no row: never sent.
 */
export const policyRules: PolicyRules = [
  {
    route: "standard",
    lastsMs: dayMs,
    from: null,
    until: null,
    regions: null,
    source: "Messenger Platform policy, 28 September 2026: standard messaging window",
  },
  {
    route: "ad_window",
    lastsMs: 7 * dayMs,
    from: "2026-09-28T00:00:00Z",
    until: null,
    regions: null,
    source:
      "Messenger Platform policy, 28 September 2026: the first message after an ad click may open seven days",
  },
  {
    route: "human_agent",
    lastsMs: 7 * dayMs,
    from: null,
    until: null,
    regions: null,
    source: "Send messages, May 2026: HUMAN_AGENT, for a person's own answer",
  },
  {
    route: "utility",
    lastsMs: null,
    from: null,
    until: null,
    regions: null,
    source: "Utility messages, March 2026",
  },
  {
    route: "private_reply",
    lastsMs: 7 * dayMs,
    from: null,
    until: null,
    regions: null,
    source: "Private replies: one message within seven days of the comment",
  },
  {
    route: "recurring_notification",
    lastsMs: null,
    from: null,
    until: "2026-02-10T00:00:00Z",
    regions: null,
    source: "Marketing Messages (Recurring Notifications): ended on 10 February 2026 outside five regions",
  },
  {
    route: "recurring_notification",
    lastsMs: null,
    from: "2026-02-10T00:00:00Z",
    until: null,
    regions: ["AU", "EU", "JP", "KR", "UK"],
    source: "Marketing Messages (Recurring Notifications): goes on in five regions",
  },
];

/** The rule of a route that is in force now and, where it is regional, for the person's region. */
export function ruleInForce(
  rules: PolicyRules,
  route: Route,
  now: Date,
  region: string | null = null,
): RouteRule | undefined {
  const nowMs = now.getTime();
  return rules.find(
    (rule) =>
      rule.route === route &&
      (rule.from === null || nowMs >= msOf(rule.from)) &&
      (rule.until === null || nowMs < msOf(rule.until)) &&
      (rule.regions === null || (region !== null && rule.regions.includes(region))),
  );
}

// Lists ask for each of their rows, and reading a time takes longer than all else that is asked.
const read = new Map<string, number>();

function msOf(time: string): number {
  let ms = read.get(time);
  if (ms === undefined) read.set(time, (ms = Date.parse(time)));
  return ms;
}
