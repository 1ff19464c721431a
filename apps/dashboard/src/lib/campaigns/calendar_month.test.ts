import { expect, test } from "vitest";
import { monthWeeks } from "./calendar_month.ts";

test("monthWeeks() begins on Mondays and holds the whole month", () => {
  const weeks = monthWeeks(2026, 10);

  expect(weeks.map((week) => week.length)).toEqual([7, 7, 7, 7, 7, 7]);
  expect(weeks[0]?.[0]).toEqual({ key: "2026-10-26", day: 26, isInMonth: false });
  expect(weeks[0]?.[6]).toEqual({ key: "2026-11-01", day: 1, isInMonth: true });
  expect(weeks.flat().filter((day) => day.isInMonth)).toHaveLength(30);
});

test("monthWeeks() of a February that begins on a Monday has four weeks", () => {
  expect(monthWeeks(2027, 1)).toHaveLength(4);
});
