import { expect, test } from "vitest";
import { offWords, onWords } from "./switch_words.ts";

const nothing = { running: 0, scheduled: 0, due: 0, sequences: 0 };

test("offWords() lists what stops, what waits and what continues", () => {
  expect(offWords(nothing)).toBe(
    "Nothing is sent: no replies, no campaigns, no sequences, no auto-replies. Incoming messages still arrive and are saved.",
  );
  expect(offWords({ running: 2, scheduled: 1, due: 0, sequences: 1 })).toContain(
    "On hold: 2 running campaigns, 1 scheduled campaign, and 1 sequence. They keep their progress.",
  );
});

test("onWords() lists what continues and what starts at once", () => {
  expect(onWords(nothing)).toMatch(/^Waiting messages are sent only if Meta's rules still allow it/);
  expect(onWords({ running: 1, scheduled: 3, due: 1, sequences: 0 })).toMatch(
    /^Resumes immediately: 1 campaign\. 1 scheduled campaign is due and starts immediately\. /,
  );
  expect(onWords({ ...nothing, due: 2 })).toContain("2 scheduled campaigns are due and start immediately.");
});
