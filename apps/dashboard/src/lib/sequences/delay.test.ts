import { expect, test } from "vitest";
import { delayOf, delaySeconds, delayWords } from "./delay.ts";

test.each([
  [0, { count: 0, unit: "minutes" }, "Immediately"],
  [90 * 60, { count: 90, unit: "minutes" }, "After 1 h 30 min"],
  [50 * 60, { count: 50, unit: "minutes" }, "After 50 minutes"],
  [3600, { count: 1, unit: "hours" }, "After 1 hour"],
  [172_800, { count: 2, unit: "days" }, "After 2 days"],
] as const)("a delay of %d s is shown in the greatest exact unit and read back", (seconds, delay, words) => {
  expect(delayOf(seconds)).toEqual(delay);
  expect(delaySeconds(delay)).toBe(seconds);
  expect(delayWords(seconds)).toBe(words);
});

test("delaySeconds() stays within a year, and is never negative", () => {
  expect(delaySeconds({ count: 900, unit: "days" })).toBe(365 * 86_400);
  expect(delaySeconds({ count: -4, unit: "hours" })).toBe(0);
});
