import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type ContactFacts, decide, type PolicyQuestion } from "./policy.ts";
import { ruleInForce, policyRules } from "./rules.ts";
import { canReply, windowOf } from "./view.ts";

const now = new Date("2026-11-24T12:00:00Z");
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const ago = (ms: number) => new Date(now.getTime() - ms);

const reachable: ContactFacts = {
  subscribed: true,
  blockedAt: null,
  unreachableAt: null,
  lastInboundAt: ago(hourMs),
  adWindowUntil: null,
  windowClosedAt: null,
};

const asked = (changes: Partial<PolicyQuestion> & { who?: Partial<ContactFacts> } = {}): PolicyQuestion => {
  const { who, ...rest } = changes;
  return {
    sender: { kind: "person" },
    contact: { ...reachable, ...who },
    page: { status: "connected", humanAgent: "unknown" },
    content: { kind: "free" },
    now,
    ...rest,
  };
};

test.each([
  ["within 24 hours by a person", {}, { route: "standard", messagingType: "RESPONSE" }],
  [
    "within 24 hours by an automation",
    { sender: { kind: "automation" } },
    { route: "standard", messagingType: "UPDATE" },
  ],
  [
    "after 24 hours by a person",
    { who: { lastInboundAt: ago(25 * hourMs) } },
    { route: "human_agent", messagingType: "MESSAGE_TAG", tag: "HUMAN_AGENT" },
  ],
  [
    "after 24 hours in the window of an ad",
    { who: { lastInboundAt: ago(25 * hourMs), adWindowUntil: ago(-3 * dayMs) } },
    { route: "ad_window", messagingType: "RESPONSE" },
  ],
  [
    "a utility message at any time",
    { sender: { kind: "automation" }, content: { kind: "utility" }, who: { lastInboundAt: ago(90 * dayMs) } },
    { route: "utility", messagingType: "UTILITY", until: null },
  ],
  [
    "an unsubscribed person's own message answered by a person",
    { who: { subscribed: false } },
    { route: "standard", messagingType: "RESPONSE" },
  ],
  [
    "an unsubscribed person's own word confirmed",
    { sender: { kind: "confirmation" }, who: { subscribed: false } },
    { route: "standard", messagingType: "RESPONSE" },
  ],
  [
    "a comment of yesterday answered privately",
    {
      content: { kind: "private_reply", commentedAt: ago(dayMs), isAnswered: false },
      who: { lastInboundAt: null },
    },
    { route: "private_reply" },
  ],
  [
    "an opt-in token in Japan",
    {
      sender: { kind: "automation" },
      content: { kind: "recurring_notification", expiresAt: ago(-dayMs), region: "JP" },
    },
    { route: "recurring_notification" },
  ],
] satisfies [string, Parameters<typeof asked>[0], object][])("decide() allows %s", (_, changes, wanted) => {
  expect(decide(asked(changes))).toMatchObject({ allowed: true, ...wanted });
});

test.each([
  [
    "an automation after 24 hours",
    { sender: { kind: "automation" }, who: { lastInboundAt: ago(25 * hourMs) } },
    "window-closed",
  ],
  ["a person after 7 days", { who: { lastInboundAt: ago(7 * dayMs) } }, "window-closed"],
  [
    "a person after 24 hours where Meta approved no late answers",
    { who: { lastInboundAt: ago(25 * hourMs) }, page: { status: "connected", humanAgent: "unavailable" } },
    "human-agent-unavailable",
  ],
  ["in the last minute of the window", { who: { lastInboundAt: ago(dayMs - 30_000) } }, "window-closing"],
  ["what Meta said is closed", { who: { windowClosedAt: ago(1_000) } }, "window-closed"],
  ["who never wrote", { who: { lastInboundAt: null } }, "never-wrote"],
  [
    "an automation to the unsubscribed",
    { sender: { kind: "automation" }, who: { subscribed: false } },
    "unsubscribed",
  ],
  [
    "a confirmation after 24 hours",
    { sender: { kind: "confirmation" }, who: { subscribed: false, lastInboundAt: ago(25 * hourMs) } },
    "unsubscribed",
  ],
  [
    "a late confirmation to a contact who renewed consent",
    { sender: { kind: "confirmation" }, who: { lastInboundAt: ago(25 * hourMs) } },
    "window-closed",
  ],
  [
    "a person's late answer to the unsubscribed",
    { who: { subscribed: false, lastInboundAt: ago(2 * dayMs) } },
    "unsubscribed",
  ],
  [
    "a utility message to the unsubscribed",
    { content: { kind: "utility" }, who: { subscribed: false } },
    "unsubscribed",
  ],
  ["the blocked", { who: { blockedAt: ago(dayMs) } }, "blocked"],
  ["the unreachable", { who: { unreachableAt: ago(1_000) } }, "unreachable"],
  ["a dead token", { page: { status: "token_dead", humanAgent: "unknown" } }, "page-token-dead"],
  ["a restricted page", { page: { status: "restricted", humanAgent: "unknown" } }, "page-restricted"],
  ["a disconnected page", { page: { status: "disconnected", humanAgent: "unknown" } }, "page-disconnected"],
  ["a workspace that is switched off", { isWorkspaceDisabled: true }, "workspace-disabled"],
  [
    "a second private reply",
    { content: { kind: "private_reply", commentedAt: ago(dayMs), isAnswered: true } },
    "comment-answered",
  ],
  [
    "a comment of last week",
    { content: { kind: "private_reply", commentedAt: ago(8 * dayMs), isAnswered: false } },
    "comment-too-old",
  ],
  [
    "an opt-in token outside the five regions",
    { content: { kind: "recurring_notification", expiresAt: ago(-dayMs), region: "US" } },
    "programme-ended",
  ],
] satisfies [string, Parameters<typeof asked>[0], string][])("decide() refuses %s", (_, changes, reason) => {
  expect(decide(asked(changes))).toMatchObject({ allowed: false, reason });
});

test("decide() lets a newer inbound message lift Meta's earlier errors about contact and window", () => {
  const who = { unreachableAt: ago(2 * hourMs), windowClosedAt: ago(2 * hourMs), lastInboundAt: ago(hourMs) };

  expect(decide(asked({ who }))).toMatchObject({ allowed: true, route: "standard" });
});

const age = fc.integer({ min: -hourMs, max: 30 * dayMs });
const time = fc.option(age.map(ago));
const question = fc.record({
  sender: fc.constantFrom({ kind: "person" } as const, { kind: "automation" } as const),
  contact: fc.record({
    subscribed: fc.boolean(),
    blockedAt: fc.option(age.map(ago), { freq: 3 }),
    unreachableAt: fc.option(age.map(ago), { freq: 3 }),
    lastInboundAt: time,
    adWindowUntil: fc.option(fc.integer({ min: -8 * dayMs, max: 8 * dayMs }).map(ago)),
    windowClosedAt: fc.option(age.map(ago), { freq: 3 }),
  }),
  page: fc.record({
    status: fc.constantFrom("connected", "connected", "token_dead", "restricted", "disconnected"),
    humanAgent: fc.constantFrom("unknown", "available", "unavailable"),
  }),
  content: fc.oneof(
    fc.constant({ kind: "free" } as const),
    fc.constant({ kind: "utility" } as const),
    fc.record({
      kind: fc.constant("private_reply" as const),
      commentedAt: age.map(ago),
      isAnswered: fc.boolean(),
    }),
  ),
  now: fc.constant(now),
  isWorkspaceDisabled: fc.boolean(),
}) satisfies fc.Arbitrary<PolicyQuestion>;

const holds = (check: (asked: PolicyQuestion) => void) =>
  fc.assert(fc.property(question, check), { numRuns: 3_000 });

test("decide() never tags inside 24 hours, nor for an automation, nor after 7 days", () => {
  holds((asked) => {
    const decision = decide(asked);
    if (!decision.allowed || decision.tag === undefined) return;
    const since = now.getTime() - (asked.contact.lastInboundAt?.getTime() ?? 0);
    expect(asked.sender.kind).toBe("person");
    expect(asked.content.kind).toBe("free");
    expect(since).toBeGreaterThanOrEqual(dayMs);
    expect(since).toBeLessThan(7 * dayMs);
    expect(asked.page.humanAgent).not.toBe("unavailable");
  });
});

test("decide() allows only utility messages after 7 days since the last message, an ad's window or a comment", () => {
  holds((asked) => {
    const decision = decide(asked);
    if (!decision.allowed || decision.messagingType === "UTILITY") return;
    expect(decision.until).not.toBeNull();
    expect(decision.until?.getTime()).toBeGreaterThan(now.getTime());
    const acts = [asked.contact.lastInboundAt, asked.contact.adWindowUntil];
    if (asked.content.kind === "private_reply") acts.push(asked.content.commentedAt);
    const last = Math.max(...acts.map((at) => at?.getTime() ?? 0));
    expect(now.getTime() - last).toBeLessThan(7 * dayMs);
  });
});

test("decide() refuses blocked contacts, failed pages and disabled workspaces, and automations to unsubscribed contacts", () => {
  holds((asked) => {
    if (!decide(asked).allowed) return;
    expect(asked.contact.blockedAt).toBeNull();
    expect(asked.page.status).toBe("connected");
    expect(asked.isWorkspaceDisabled).toBe(false);
    if (asked.sender.kind === "automation") expect(asked.contact.subscribed).toBe(true);
  });
});

test("decide() gives each refusal a reason, a title and a remedy", () => {
  holds((asked) => {
    const decision = decide(asked);
    if (decision.allowed) return;
    expect(decision.title.length).toBeGreaterThan(10);
    expect(decision.remedy.length).toBeGreaterThan(10);
  });
});

test("decide() only gets stricter while a contact is silent", () => {
  const rank = (asked: PolicyQuestion) => {
    const decision = decide(asked);
    if (!decision.allowed) return decision.reason === "window-closing" ? 1.5 : 9;
    return decision.route === "ad_window" ? 1 : decision.route === "human_agent" ? 2 : 0;
  };
  const later = fc.integer({ min: 1, max: 10 * dayMs });
  fc.assert(
    fc.property(question, later, (asked, ms) => {
      const silent = {
        ...asked,
        contact: { ...asked.contact, windowClosedAt: null, lastInboundAt: ago(hourMs) },
      };
      const after = { ...silent, now: new Date(now.getTime() + ms) };
      expect(rank(after)).toBeGreaterThanOrEqual(rank(silent));
    }),
    { numRuns: 3_000 },
  );
});

test("windowOf() and canReply() agree with decide() about a member's reply", () => {
  holds((asked) => {
    const window = windowOf(asked.contact, now);
    const { contact, page, isWorkspaceDisabled = false } = asked;
    const reply = canReply({ contact, page, isWorkspaceDisabled, now });
    const answer = decide({ ...asked, sender: { kind: "person" }, content: { kind: "free" }, now });
    expect(reply.allowed).toBe(answer.allowed);
    if (reply.allowed) expect(window.state).toBe(reply.route === "human_agent" ? "human" : "open");
    else expect(reply.remedy).not.toBeNull();
    const utility = decide({ ...asked, sender: { kind: "person" }, content: { kind: "utility" }, now });
    expect(reply.utility).toBe(utility.allowed);
    if (window.state === "closed") expect(reply.allowed).toBe(false);
  });
});

test("decide() applies the ad rule from the day of Meta's announcement", () => {
  expect(ruleInForce(policyRules, "ad_window", new Date("2026-09-27T00:00:00Z"))).toBeUndefined();
  expect(ruleInForce(policyRules, "ad_window", now)).toMatchObject({ lastsMs: 7 * dayMs });
});
