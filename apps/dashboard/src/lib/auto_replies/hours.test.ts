import { expect, test } from "vitest";
import { clockOf, hoursProblem, minutesOf, usualHours } from "./hours.ts";

test("clockOf() and minutesOf() agree, and midnight as an end is the end of the day", () => {
  expect(clockOf(570)).toBe("09:30");
  expect(minutesOf("09:30", { isEnd: false })).toBe(570);
  expect(clockOf(1440)).toBe("00:00");
  expect(minutesOf("00:00", { isEnd: true })).toBe(1440);
  expect(minutesOf("00:00", { isEnd: false })).toBe(0);
  expect(minutesOf("", { isEnd: true })).toBeNull();
});

test("hoursProblem() names the day that ends before it begins, and wants one open hour", () => {
  const usual = usualHours("Europe/Berlin");

  expect(hoursProblem(usual)).toBeNull();
  expect(hoursProblem({ ...usual, tue: [[1200, 600]] })).toMatch(/^Tuesday/);
  expect(hoursProblem({ ...usual, mon: [], tue: [], wed: [], thu: [], fri: [] })).toMatch(/at least one day/);
});
