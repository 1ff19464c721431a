import { expect, test } from "vitest";
import { offWords, onWords } from "./switch_words.ts";

const nothing = { running: 0, scheduled: 0, due: 0, sequences: 0 };

test("offWords() says what stops, what it holds up, and what goes on", () => {
  expect(offWords(nothing)).toBe(
    "Nothing is sent any more: no replies, no campaigns, no sequences, no automatic answers. What people write still arrives and is kept.",
  );
  expect(offWords({ running: 2, scheduled: 1, due: 0, sequences: 1 })).toContain(
    "That holds up 2 running campaigns, 1 scheduled campaign and 1 sequence; where they are is kept.",
  );
});

test("onWords() says what goes on and what begins at once", () => {
  expect(onWords(nothing)).toMatch(/^What waits goes out only as far as Meta's rules still allow it/);
  expect(onWords({ running: 1, scheduled: 3, due: 1, sequences: 0 })).toMatch(
    /^1 campaign will go on at once\. 1 scheduled campaign will begin at once: its time has come\. /,
  );
  expect(onWords({ ...nothing, due: 2 })).toContain(
    "2 scheduled campaigns will begin at once: their time has come.",
  );
});
