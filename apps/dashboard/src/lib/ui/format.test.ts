import { expect, test } from "vitest";
import {
  byteSize,
  daysBefore,
  fullDateTime,
  initials,
  shortTime,
  timeLeft,
  withLocalTimes,
} from "./format.ts";

const now = new Date(2026, 2, 3, 0, 30).getTime();

test("daysBefore() counts calendar days and not spans of 24 hours", () => {
  expect(daysBefore(new Date(2026, 2, 2, 23, 59).toISOString(), now)).toBe(1);
  expect(daysBefore(new Date(2026, 2, 3, 0, 1).toISOString(), now)).toBe(0);
});

test("daysBefore() is not thrown off by the day that has 23 or 25 hours", () => {
  const spring = new Date(2026, 3, 1, 12).getTime();
  expect(daysBefore(new Date(2026, 2, 25, 12).toISOString(), spring)).toBe(7);
});

test("timeLeft() never shows nothing, and never more than is left", () => {
  expect(timeLeft(new Date(now + 1000).toISOString(), now)).toBe("1 min");
  expect(timeLeft(new Date(now + 3_600_000 * 3 + 60_000 * 20).toISOString(), now)).toBe("3 h 20 min");
  expect(timeLeft(new Date(now + 3_600_000 * 24 - 60_000).toISOString(), now)).toBe("23 h");
  expect(timeLeft(new Date(now + 3_600_000 * 72).toISOString(), now)).toBe("3 days");
  expect(timeLeft(new Date(now - 5).toISOString(), now)).toBe("1 min");
});

test("shortTime() goes from now to minutes", () => {
  expect(shortTime(new Date(now - 5_000).toISOString(), now)).toBe("now");
  expect(shortTime(new Date(now - 5 * 60_000).toISOString(), now)).toBe("5 min");
});

test("shortTime() names the year when it is another", () => {
  const at = new Date(2026, 10, 29, 12).getTime();
  expect(shortTime(new Date(2026, 10, 11).toISOString(), at)).not.toContain("2026");
  expect(shortTime(new Date(2025, 10, 11).toISOString(), at)).toContain("2025");
});

test("initials() takes letters of any script, and copes with signs and nothing", () => {
  expect(initials("Mara Hoffmann")).toBe("MH");
  expect(initials("Lucía de la Fuente")).toBe("LF");
  expect(initials("محمد علي")).toBe("مع");
  expect(initials("Messenger user ·4821")).toBe("M4");
  expect(initials("··")).toBe("?");
});

test("byteSize() uses the unit that fits", () => {
  expect([byteSize(900), byteSize(84_211), byteSize(3_440_000), byteSize(77_047_400_000)]).toEqual([
    "900 B",
    "84 kB",
    "3.4 MB",
    "77.0 GB",
  ]);
});

test("withLocalTimes() puts each ISO time into the reader's zone and leaves other text alone", () => {
  const until = new Date(2026, 2, 4, 9, 0).toISOString();

  expect(withLocalTimes(`Ann snoozed it until ${until}`)).toBe(`Ann snoozed it until ${fullDateTime(until)}`);
  expect(fullDateTime(until)).toMatch(/\b0?9:00/);
  expect(withLocalTimes("Order 2026-03-04 came")).toBe("Order 2026-03-04 came");
});

test("withLocalTimes() does not change text that only looks like a time, as in a forged link", () => {
  const text = "Anna came back through an m.me link (2026-13-45T99:99:99.000Z)";

  expect(withLocalTimes(text)).toBe(text);
});
