import { expect, test } from "vitest";
import { durationWords, ratePerSecond } from "./duration.ts";

test("ratePerSecond() keeps the fifth that belongs to replies, and the campaign's own speed when that is lower", () => {
  expect(ratePerSecond([300, 300], null)).toBe(480);
  expect(ratePerSecond([300], 50)).toBe(50);
  expect(ratePerSecond([10], 50)).toBe(8);
});

test("durationWords() is as exact as a person wants it", () => {
  expect(durationWords(0.2)).toBe("under a second");
  expect(durationWords(1)).toBe("1 second");
  expect(durationWords(150)).toBe("3 minutes");
  expect(durationWords(7800)).toBe("2 h 10 min");
  expect(durationWords(3 * 86_400)).toBe("3 days");
});
