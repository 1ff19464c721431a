import { expect, test } from "vitest";
import { type BusinessHours, hoursProblem, isOpen, localDate } from "./business_hours.ts";

const closed: BusinessHours = {
  timezone: "Europe/Berlin",
  mon: [],
  tue: [],
  wed: [],
  thu: [],
  fri: [],
  sat: [],
  sun: [],
};

test.each([
  ["the first minute", "2026-11-30T08:00:00Z", true],
  ["the minute before", "2026-11-30T07:59:59Z", false],
  ["the last minute before a break", "2026-11-30T10:59:59Z", true],
  ["the break", "2026-11-30T11:00:00Z", false],
  ["the evening until midnight", "2026-11-30T22:59:59Z", true],
  ["the day after, where the clocks are ahead", "2026-11-30T23:00:00Z", false],
  ["a day on which nobody is there", "2026-11-29T09:00:00Z", false],
  ["summer, an hour earlier by the clocks of UTC", "2026-07-06T07:00:00Z", true],
])("isOpen() in %s", (_, at, expected) => {
  const hours: BusinessHours = {
    ...closed,
    mon: [
      [9 * 60, 12 * 60],
      [13 * 60, 1_440],
    ],
  };

  expect(isOpen(hours, new Date(at))).toBe(expected);
});

test("localDate() returns the local day of the zone", () => {
  const at = new Date("2026-12-31T23:30:00Z");

  expect([localDate("UTC", at), localDate("Asia/Tokyo", at), localDate("America/Lima", at)]).toEqual([
    "2026-12-31",
    "2027-01-01",
    "2026-12-31",
  ]);
});

test("hoursProblem() refuses unknown zones, hours from UTC, and a span that ends before it begins", () => {
  expect(hoursProblem({ ...closed, timezone: "Mars/Base" })?.code).toBe("hours-zone-unknown");
  expect(hoursProblem({ ...closed, timezone: "+02:00" })?.code).toBe("hours-zone-unknown");
  expect(hoursProblem({ ...closed, fri: [[600, 600]] })?.code).toBe("hours-invalid");
  expect(hoursProblem({ ...closed, fri: [[600, 1_440]] })).toBeNull();
});
