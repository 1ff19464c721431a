import { expect, test } from "vitest";
import { waitsWords } from "./waits_words.ts";

test("waitsWords() names the reason why a campaign waits, and its place", () => {
  const held = { why: "page", reason: "Meta's rate limit is reached", pages: 1, of: 3, until: null } as const;

  expect(waitsWords(null)).toBeNull();
  expect(waitsWords(held)).toBe("Waiting on 1 of 3 pages: Meta's rate limit is reached");
  expect(waitsWords({ ...held, of: 1 })).toBe("Waiting: Meta's rate limit is reached");
  expect(waitsWords({ ...held, why: "time", until: "2099-01-01T08:00:00.000Z" })).toMatch(/until .+2099/);
  expect(waitsWords({ ...held, why: "winner" })).toMatch(/winning variant/);
});
