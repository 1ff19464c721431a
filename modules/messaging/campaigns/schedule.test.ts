import * as fc from "fast-check";
import { expect, test } from "vitest";
import { instantOf, readZone, wallTimeOf } from "#std";
import { checkSchedule, firstDue, nextOccurrence, occurrencesBetween, type Schedule } from "./schedule.ts";

const berlin = "Europe/Berlin";
const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
const occurrences = (schedule: Schedule, from: string, most: number, zone = berlin) =>
  occurrencesBetween(schedule, {
    from: Date.parse(from),
    until: Number.POSITIVE_INFINITY,
    zone,
    most,
  }).map(iso);

test("nextOccurrence() keeps the time of day when summer time ends", () => {
  const daily: Schedule = { timezone: berlin, recurrence: { every: "day", time: "09:00" } };

  expect(occurrences(daily, "2026-10-24T00:00:00Z", 3)).toEqual([
    "2026-10-24T07:00:00.000Z",
    "2026-10-25T08:00:00.000Z",
    "2026-10-26T08:00:00.000Z",
  ]);
});

test("nextOccurrence() moves a time skipped in spring an hour later, once", () => {
  const daily: Schedule = { timezone: berlin, recurrence: { every: "day", time: "02:30" } };

  expect(occurrences(daily, "2026-03-28T00:00:00Z", 3)).toEqual([
    "2026-03-28T01:30:00.000Z",
    "2026-03-29T01:30:00.000Z", // 03:30 in Berlin
    "2026-03-30T00:30:00.000Z",
  ]);
});

test("nextOccurrence() uses the first of two equal times in autumn, once", () => {
  const daily: Schedule = { timezone: berlin, recurrence: { every: "day", time: "02:30" } };

  expect(occurrences(daily, "2026-10-24T12:00:00Z", 2)).toEqual([
    "2026-10-25T00:30:00.000Z",
    "2026-10-26T01:30:00.000Z",
  ]);
});

test("nextOccurrence() uses the last day of a month without a 31st", () => {
  const monthly: Schedule = {
    timezone: "UTC",
    recurrence: { every: "month", dayOfMonth: 31, time: "12:00" },
  };

  expect(occurrences(monthly, "2028-01-31T13:00:00Z", 3)).toEqual([
    "2028-02-29T12:00:00.000Z",
    "2028-03-31T12:00:00.000Z",
    "2028-04-30T12:00:00.000Z",
  ]);
});

test("nextOccurrence() of a weekly schedule keeps its days and zone, from `at` until `until`", () => {
  const weekly: Schedule = {
    timezone: "Pacific/Auckland",
    at: "2026-11-24T00:00:00Z",
    recurrence: { every: "week", weekdays: ["mon", "thu"], time: "08:00", until: "2026-12-03T00:00:00Z" },
  };

  expect(occurrences(weekly, "2026-11-01T00:00:00Z", 9)).toEqual([
    "2026-11-25T19:00:00.000Z", // Thursday 08:00 there
    "2026-11-29T19:00:00.000Z",
    "2026-12-02T19:00:00.000Z",
  ]);
});

test("wallTimeOf() reverses instantOf() in every zone, also at half hours", () => {
  const zones = [
    berlin,
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "UTC",
  ];
  const minutes = fc.integer({ min: Date.UTC(2026, 0) / 60_000, max: Date.UTC(2029, 0) / 60_000 });
  fc.assert(
    fc.property(minutes, fc.constantFrom(...zones), (minute, zone) => {
      const at = minute * 60_000;
      const wall = wallTimeOf(at, zone);
      const back = instantOf(wall, zone);
      expect(wallTimeOf(back, zone)).toEqual(wall);
      expect(back).toBeLessThanOrEqual(at);
    }),
    { numRuns: 2_000 },
  );
});

test("firstDue() in each contact's zone is the time of the earliest zone", () => {
  const schedule: Schedule = { at: "2026-11-26T08:00:00Z", timezone: berlin, inContactZone: true };

  const due = firstDue(schedule, { now: Date.parse("2026-11-24T00:00:00Z"), zone: "UTC" });

  expect(iso(due)).toBe("2026-11-25T19:00:00.000Z"); // 09:00 on the 26th at UTC+14
});

test.each([
  [{ at: "2026-11-23T00:00:00Z" }, "its time is in the past"],
  [{}, "it has no time"],
  [{ at: "2026-11-25T00:00:00Z", timezone: "Mars/Olympus" }, "is unknown"],
  [{ at: "2026-11-25T00:00:00Z", timezone: "+02:00" }, "is unknown"],
  [{ recurrence: { every: "day", time: "09:00", weekdays: ["mon"] } }, "weekdays"],
  [{ recurrence: { every: "week", time: "09:00" } }, "weekdays"],
  [{ recurrence: { every: "month", time: "09:00" } }, "day of the month"],
  [{ recurrence: { every: "day", time: "09:00", until: "2026-11-01T00:00:00Z" } }, "ends before"],
  [{ inContactZone: true, recurrence: { every: "day", time: "09:00" } }, "one time zone"],
] satisfies [Schedule, string][])("checkSchedule() reports the mistake in %j", (schedule, words) => {
  expect(() => checkSchedule(schedule, Date.parse("2026-11-24T00:00:00Z"))).toThrow(words);
});

test("nextOccurrence() after the last one is null", () => {
  const ended: Schedule = { recurrence: { every: "day", time: "09:00", until: "2026-11-24T08:00:00Z" } };

  expect(nextOccurrence(ended, { after: Date.parse("2026-11-24T00:00:00Z"), zone: "UTC" })).toBeNull();
});

test.each([
  ["7", "offset:7"],
  ["-3.5", "offset:-3.5"],
  ["Asia/Tokyo", "Asia/Tokyo"],
  ["99", null],
  ["nowhere", null],
])("readZone() reads %s", (text, wanted) => {
  expect(readZone(text)).toBe(wanted);
});
