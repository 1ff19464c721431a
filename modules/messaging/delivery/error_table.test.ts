import { expect, test } from "vitest";
import { answeredError } from "../graph/error.ts";
import { graphErrorRule } from "../graph/errors.ts";
import { effectOf } from "./effects.ts";
import type { Flight } from "./flight.ts";
import { deliveryDefaults } from "./settings.ts";

/**
 * The next state of the message: `again` after a pause, `waits` until its page or app may send, `echo` until Meta
 * confirms or denies it, `fails`, or `skipped` by the rules of the window.
 */
type Outcome = "again" | "waits" | "echo" | "fails" | "skipped";
type Level = "message" | "page" | "app";

/**
 * Each row of Meta's error codes for the Send API, June 2026: the stopped part, the message's next state, the text for
 * people.
 */
const table: [code: number, subcode: number | null, level: Level, outcome: Outcome, title: string][] = [
  [1, 99, "message", "again", "Meta had a temporary failure"],
  [1, 1357046, "message", "echo", "Meta did not say whether it was sent"],
  [1, null, "message", "again", "Meta had a temporary failure"],
  [2, null, "message", "again", "Meta had a temporary failure"],
  [2, 2018344, "message", "fails", "The Page Contact Terms are not accepted"],
  [3, null, "page", "waits", "The Meta app lacks a required capability"],
  [4, null, "app", "waits", "Meta's rate limit for the whole app is reached"],
  [4, 2018354, "message", "fails", "too recently"],
  [9, 2018352, "message", "fails", "limit of opt-in requests"],
  [10, 2018278, "message", "skipped", "Meta's messaging window is closed"],
  [10, 2534022, "message", "skipped", "Meta's messaging window is closed"],
  [10, 2018065, "message", "skipped", "Meta's messaging window is closed"],
  [10, 2018108, "message", "fails", "can't receive messages right now"],
  [10, 1893063, "page", "waits", "Meta restricts this page"],
  [10, 1893015, "message", "fails", "stopped these notifications"],
  [10, 1404170, "message", "fails", "restricts this page from asking for opt-ins"],
  [10, 2018300, "message", "fails", "Another app controls this conversation"],
  [10, null, "page", "waits", "no permission for this on the page"],
  [17, null, "app", "waits", "Meta's rate limit for the whole app is reached"],
  [27, 2018464, "message", "fails", "Conversation Routing is off for this page"],
  [32, null, "page", "waits", "Meta's rate limit is reached"],
  [100, 2018001, "message", "fails", "account is gone"],
  [100, 2018276, "message", "skipped", "not approved for replies after 24 hours"],
  [100, 1893061, "message", "fails", "Meta removed this message tag"],
  [100, null, "message", "fails", "Meta does not accept this message"],
  [100, 2534001, "message", "fails", "deleted or archived the conversation"],
  [100, 33, "message", "fails", "does not find"],
  [100, 2018008, "message", "fails", "did not accept the file"],
  [100, 2018047, "message", "fails", "did not accept the file"],
  [100, 2018074, "message", "fails", "did not accept the file"],
  [100, 2018109, "message", "fails", "did not accept the file"],
  [100, 2018294, "message", "fails", "did not accept the file"],
  [100, 2018014, "message", "fails", "Meta does not accept this message"],
  [100, 2018032, "message", "fails", "Meta does not accept this message"],
  [100, 2018034, "message", "fails", "Meta does not accept this message"],
  [100, 2534015, "message", "fails", "Meta does not accept this message"],
  [100, 2018320, "message", "fails", "Meta does not accept this message"],
  [100, 2018328, "message", "fails", "Meta does not accept this message"],
  [100, 2018164, "message", "fails", "Meta does not accept this message"],
  [100, 2018292, "message", "fails", "This comment cannot be answered privately"],
  [100, 2534025, "message", "fails", "This comment cannot be answered privately"],
  [-1, 2534023, "message", "fails", "This comment cannot be answered privately"],
  [10900, null, "message", "fails", "already has its one private reply"],
  [10903, null, "message", "fails", "This person cannot receive a private reply"],
  [10902, null, "message", "fails", "This cannot be answered privately"],
  [100, 2534037, "message", "fails", "Another app controls this conversation"],
  [100, 1893029, "message", "fails", "template and its values do not fit"],
  [100, 1893043, "message", "fails", "template and its values do not fit"],
  [100, 2018416, "message", "fails", "template and its values do not fit"],
  [100, 2388051, "message", "fails", "template and its values do not fit"],
  [190, 458, "page", "waits", "The app was removed"],
  [190, 459, "page", "waits", "requires the account"],
  [190, 460, "page", "waits", "a new password"],
  [190, 463, "page", "waits", "has expired"],
  [190, 464, "page", "waits", "requires the account"],
  [190, 467, "page", "waits", "lost its access"],
  [190, 492, "page", "waits", "lost its access"],
  [190, null, "page", "waits", "no longer accepts"],
  [200, null, "page", "waits", "The Meta app is not approved"],
  [200, 2018028, "page", "waits", "The Meta app is not approved"],
  [200, 2018027, "page", "waits", "The Meta app is not approved"],
  [200, 1545041, "message", "fails", "isn't available right now"],
  [200, 2018021, "message", "fails", "by phone number"],
  [341, null, "page", "waits", "Meta's rate limit is reached"],
  [368, null, "page", "waits", "Meta blocks this page"],
  [368, 1346003, "message", "fails", "Meta blocks a link or a text"],
  [551, null, "message", "fails", "isn't available"],
  [551, 1545041, "message", "fails", "isn't available"],
  [613, null, "page", "waits", "Meta's rate limit is reached"],
  [613, 2534040, "page", "waits", "Meta's rate limit is reached"],
  [613, 1996, "page", "waits", "Meta's rate limit is reached"],
  [613, 2018338, "page", "waits", "dislike"],
  [613, 1893016, "message", "fails", "asked for the same opt-in"],
  [803, null, "message", "fails", "does not find"],
  [1200, null, "message", "again", "Meta had a temporary failure"],
  [2022, null, "message", "fails", "turned off commerce messages"],
  [10303, null, "message", "fails", "The account linking has ended"],
  [80001, null, "page", "waits", "Meta's rate limit is reached"],
  [80006, null, "page", "waits", "Meta's rate limit is reached"],
  [429, null, "page", "waits", "Meta's rate limit is reached"],
  [36000, null, "message", "fails", "The image is too large"],
  [9000001, null, "message", "fails", "does not find"],
  [1893047, null, "message", "fails", "paid marketing messages"],
  [2300052, null, "message", "fails", "paid marketing messages"],
  // These Meta states as the code itself, too.
  [2018321, null, "message", "again", "automated questions"],
  [10, 2018321, "message", "again", "automated questions"],
  [2018300, null, "message", "fails", "Another app controls this conversation"],
  [2534037, null, "message", "fails", "Another app controls this conversation"],
  [123456, 654321, "message", "fails", "Meta refused this message"],
];

const flight: Flight = {
  deliveryId: "d",
  attemptId: "a",
  attemptAt: 0,
  attempts: 1,
  workspaceId: "w",
  pageId: "p",
  pageFacebookId: "104810069068200",
  tokenSealed: "",
  class: "reply",
  isReply: true,
  isHeld: false,
  contactId: "c",
  psid: "24266381753005180",
  commentId: null,
  messageId: "m",
  campaignId: null,
  message: { text: "Hello" },
  route: "standard",
  messagingType: "RESPONSE",
  tag: undefined,
  traceId: null,
  claimedAt: 0,
};

const refused = (
  { code, subcode = null, message = "refused" }: { code: number; subcode?: number | null; message?: string },
  changes: Partial<Flight> = {},
) => {
  const error = answeredError({ code, subcode, message }, 400, null);
  return {
    error,
    effect: effectOf(
      { flight: { ...flight, ...changes }, outcome: { kind: "error", error } },
      deliveryDefaults,
    ),
  };
};

const outcomes: Readonly<Record<string, Outcome>> = { unknown: "echo", failed: "fails", skipped: "skipped" };

test.each(table)("error %s/%s stops the %s, the message %s: %s", (code, subcode, level, outcome, title) => {
  const { error, effect } = refused({ code, subcode });

  expect(error.level).toBe(level);
  const { state, uncounted } = effect.settlement;
  expect(state === "queued" ? (uncounted === 1 ? "waits" : "again") : outcomes[state]).toBe(outcome);
  expect(graphErrorRule(code, subcode).title).toContain(title);
  // An error that stops more than the message is shown at the page or the app, and only then.
  expect(effect.page !== undefined).toBe(level !== "message" || subcode === 2018276);
  expect(effect.page?.kind === "app_held").toBe(level === "app");
});

const threadIsHeld = table.filter(([, , , , title]) => title.startsWith("Another app"));

test.each(threadIsHeld)(
  "error %s/%s skips a campaign's recipient and marks the conversation",
  (code, subcode) => {
    const { effect } = refused({ code, subcode }, { campaignId: "k", class: "campaign", isReply: false });

    expect(effect).toMatchObject({
      settlement: { state: "skipped", reason: "another-app" },
      isHeldElsewhere: true,
    });
    expect(refused({ code, subcode }).effect).toMatchObject({
      settlement: { state: "failed" },
      isHeldElsewhere: true,
    });
  },
);

test("Meta's automated questions are retried three times, after at least five minutes", () => {
  const attempts = [1, 2, 3, 4].map((n) => refused({ code: 10, subcode: 2018321 }, { attempts: n }).effect);

  expect(attempts.map(({ settlement }) => settlement.state)).toEqual([
    "queued",
    "queued",
    "queued",
    "failed",
  ]);
  for (const { settlement } of attempts.slice(0, 3)) {
    expect(settlement.after).toBeGreaterThanOrEqual(300);
    expect(settlement.after).toBeLessThanOrEqual(400);
  }
  // Any other failure of a moment ends with the third attempt.
  expect(refused({ code: 2 }, { attempts: 3 }).effect.settlement.state).toBe("failed");
});

test.each([
  "Invalid appsecret_proof provided in the API argument",
  "API calls from the server require an appsecret_proof argument",
])('error 100 "%s" holds the app', (message) => {
  const { error, effect } = refused({ code: 100, message });

  expect(error.level).toBe("app");
  expect(effect).toMatchObject({
    settlement: { state: "queued", uncounted: 1 },
    page: { kind: "app_held", reason: "Facebook rejects the app's secret" },
  });
});

test.each([
  ["a utility message", { messagingType: "UTILITY" }],
  ["a private reply", { commentId: "1_2" }],
] as const)("a missing permission for %s fails that message only", (_, changes) => {
  expect(refused({ code: 200 }, changes).effect).toMatchObject({ settlement: { state: "failed" } });
  expect(refused({ code: 200 }, changes).effect.page).toBeUndefined();
});
