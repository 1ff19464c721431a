import { expect, test } from "vitest";
import type { Reach } from "../../api/campaigns.ts";
import { newDraft } from "./draft.ts";
import { isTyped, policyLines, reviewSentence, whenWords } from "./review_words.ts";

const now = Date.parse("2026-11-24T12:00:00Z");
const reach: Reach = {
  count: 5998,
  reasons: [{ reason: "window-closed", title: "Meta's messaging window is closed", count: 1 }],
  funnel: [],
  lastsSeconds: 20,
  unknownAuthors: null,
};

function readyDraft() {
  const draft = newDraft("UTC");
  draft.name = "Sale";
  for (const variant of draft.variants) variant.content.text = "Hi";
  return draft;
}

test("reviewSentence() names content, audience, time and duration", () => {
  expect(reviewSentence(readyDraft(), { reach, seconds: 20, audience: "All contacts" })).toBe(
    "Send a message to 5,998 contacts. Audience: All contacts. Start: As soon as you launch it. Duration: about 20 seconds.",
  );
});

test("reviewSentence() says that each person has an hour of their own, where the campaign may have one", () => {
  const draft = { ...readyDraft(), options: { optimalHour: { withinHours: 12 } } };
  const sentence = () => reviewSentence(draft, { reach, seconds: 20, audience: "All contacts" });

  expect(sentence()).toBe(
    "Send a message to 5,998 contacts. Audience: All contacts. Start: As soon as you launch it · Best time for each contact, within 12 hours.",
  );
  draft.when = { ...draft.when, way: "at", date: "2026-12-24", time: "09:00", inContactZone: true };
  expect(sentence()).not.toContain("Best time");
});

test("whenWords() names the days of a week in their order", () => {
  const draft = readyDraft();
  draft.when = { ...draft.when, way: "recurring", weekdays: ["fri", "mon"], timezone: "Europe/Berlin" };

  expect(whenWords(draft)).toBe("Every Monday and Friday at 09:00 (Europe/Berlin)");
});

test("policyLines() is red for missing parts, amber for skipped contacts, green for the rest", () => {
  const lines = policyLines(
    { ...readyDraft(), name: "" },
    { reach, problem: null, now, closing: null, rules: null },
  );

  expect(lines.map(({ state }) => state)).toEqual(["failed", "ok", "warning"]);
  expect(lines[2]?.text).toBe("Meta's messaging window is closed: 1 contact skipped");
});

test("policyLines() is red when nobody can be reached now, and only amber when it begins later", () => {
  const nobody = { ...reach, count: 0 };
  const later = readyDraft();
  later.when = { ...later.when, way: "at", date: "2026-12-24", time: "09:00" };

  const states = (draft: typeof later) =>
    policyLines(draft, { reach: nobody, problem: null, now, closing: null, rules: null }).map(
      ({ state }) => state,
    );
  expect(states(readyDraft())).toContain("failed");
  expect(states(later)).not.toContain("failed");
});

test("isTyped() takes the number however its digits are grouped, and nothing else", () => {
  expect(isTyped("5,998", 5998)).toBe(true);
  expect(isTyped("5 998", 5998)).toBe(true);
  expect(isTyped("599", 5998)).toBe(false);
  expect(isTyped("", 0)).toBe(false);
});

test("policyLines() speaks of quiet hours and the frequency cap as the workspace has them", () => {
  const said = (rules: Parameters<typeof policyLines>[1]["rules"], options = {}) =>
    policyLines({ ...readyDraft(), options }, { reach, problem: null, now, closing: null, rules })
      .slice(2)
      .map(({ state, text }) => `${state}: ${text}`);
  const both = { quietHours: { from: "21:00", until: "08:00" }, cap: { count: 3, hours: 24 } };

  expect(said({ quietHours: null, cap: null })).toEqual([
    "unknown: No quiet hours are set. Messages go out at any time of the day",
    "unknown: No frequency cap is set. Contacts may get this soon after another campaign",
  ]);
  expect(said(both)).toEqual([
    "ok: Quiet hours (21:00 to 08:00) apply in each contact's time zone",
    "ok: The frequency cap (3 messages in 24 hours) applies",
  ]);
  expect(said(both, { ignoreQuietHours: true, ignoreCap: true })).toEqual([
    "warning: Quiet hours (21:00 to 08:00) are ignored",
    "warning: The frequency cap (3 messages in 24 hours) is ignored",
  ]);
});
