import { expect, test } from "vitest";
import { addMonths, firstWeekday, monthGrid } from "./calendar_days.ts";
import { dateText, typedDate } from "./typed_date.ts";
import { timeText, typedTimes } from "./typed_time.ts";

const today = "2026-12-03";

test.each([
  ["en-GB", "24/12", "2026-12-24"],
  ["en-US", "12/24", "2026-12-24"],
  ["en-US", "12/24/27", "2027-12-24"],
  ["en-US", "tomorrow", "2026-12-04"],
  ["es", "24 de dic de 2026", "2026-12-24"],
  ["es", "mañana", "2026-12-04"],
  ["ar-u-nu-latn", "24 ديسمبر", "2026-12-24"],
  ["en-GB", "2026-02-28", "2026-02-28"],
  ["en-GB", "30 feb", null],
  ["en-GB", "ju 4", null],
  ["en-GB", "soon", null],
  ["en-GB", "", null],
])("typedDate() reads in %s: %s", (locale, text, day) => {
  expect(typedDate(text, { today, locale })).toBe(day);
});

test("typedDate() parses the output of dateText() in each language", () => {
  for (const locale of ["en-US", "en-GB", "es-ES", "es-MX", "ar-EG-u-nu-latn", "ar-u-nu-latn", "de"])
    for (let month = 1; month <= 12; month += 1) {
      const day = `2027-${String(month).padStart(2, "0")}-09`;
      expect(typedDate(dateText(day, locale), { today, locale }), `${locale} ${day}`).toBe(day);
    }
});

test.each([
  ["en-GB", "9", ["09:00"]],
  ["en-GB", "2130", ["21:30"]],
  ["en-US", "9", ["09:00", "21:00"]],
  ["en-US", "3:15", ["15:15", "03:15"]],
  ["en-US", "9.30pm", ["21:30"]],
  ["en-US", "22:15", ["22:15"]],
  ["en-US", "12 am", ["00:00"]],
  ["en-GB", "25:00", []],
  ["en-GB", "noon", []],
])("typedTimes() reads in %s: %s", (locale, text, times) => {
  expect(typedTimes(text, locale)).toEqual(times);
});

test("typedTimes() parses the output of timeText() in each language", () => {
  for (const locale of ["en-US", "en-GB", "es-ES", "es-MX", "ar-EG-u-nu-latn", "ar-u-nu-latn"])
    for (const time of ["00:05", "09:30", "12:00", "23:59"])
      expect(typedTimes(timeText(time, locale), locale), `${locale} ${time}`).toEqual([time]);
});

test("monthGrid() begins its weeks as the reader does, and addMonths() keeps to the month", () => {
  expect([firstWeekday("en-US"), firstWeekday("es-ES"), firstWeekday("ar-EG")]).toEqual([0, 1, 6]);
  expect(monthGrid("2026-12-03", 1)[0]?.map(({ key }) => key)).toEqual([
    "2026-11-30",
    "2026-12-01",
    "2026-12-02",
    "2026-12-03",
    "2026-12-04",
    "2026-12-05",
    "2026-12-06",
  ]);
  expect(monthGrid("2026-12-03", 6)[0]?.[0]?.key).toBe("2026-11-28");
  expect(addMonths("2026-01-31", 1)).toBe("2026-02-28");
  expect(addMonths("2026-01-15", -1)).toBe("2025-12-15");
});
