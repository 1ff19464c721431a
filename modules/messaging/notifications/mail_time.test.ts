import { expect, test } from "vitest";
import { mailTime } from "./mail_time.ts";

const at = (time: string) => Date.parse(time);
const quiet = (from: string, to: string) => ({ from: minute(from), to: minute(to) });
function minute(time: string): number {
  const [hour = 0, rest = 0] = time.split(":").map(Number);
  return hour * 60 + rest;
}

const berlin = "Europe/Berlin";
const kathmandu = "Asia/Kathmandu";
test.each([
  // At once: a minute gathers what comes together.
  ["at-once", null, "UTC", "2026-12-03T10:00:00Z", "2026-12-03T10:01:00Z"],
  // Hourly: the next full hour of the local clock, which is at a quarter to in Kathmandu.
  ["hourly", null, "UTC", "2026-12-03T23:10:00Z", "2026-12-04T00:00:00Z"],
  ["hourly", null, kathmandu, "2026-12-03T10:20:00Z", "2026-12-03T11:15:00Z"],
  // Daily: at 8:00 there, today or tomorrow, and in summer as in winter.
  ["daily", null, berlin, "2026-12-03T05:00:00Z", "2026-12-03T07:00:00Z"],
  ["daily", null, berlin, "2026-12-03T07:00:00Z", "2026-12-04T07:00:00Z"],
  ["daily", null, berlin, "2026-03-28T12:00:00Z", "2026-03-29T06:00:00Z"],
  // Quiet hours within a day: their begin is quiet, and their end is not.
  ["at-once", quiet("12:00", "14:00"), "UTC", "2026-12-03T11:58:00Z", "2026-12-03T11:59:00Z"],
  ["at-once", quiet("12:00", "14:00"), "UTC", "2026-12-03T11:59:00Z", "2026-12-03T14:00:00Z"],
  ["at-once", quiet("12:00", "14:00"), "UTC", "2026-12-03T13:59:00Z", "2026-12-03T14:00:00Z"],
  // Across midnight, on either side of it, in the person's zone.
  ["at-once", quiet("22:00", "07:00"), berlin, "2026-12-03T21:30:00Z", "2026-12-04T06:00:00Z"],
  ["at-once", quiet("22:00", "07:00"), berlin, "2026-12-04T03:00:00Z", "2026-12-04T06:00:00Z"],
  ["at-once", quiet("22:00", "07:00"), "America/New_York", "2026-12-03T21:30:00Z", "2026-12-03T21:31:00Z"],
  // The clocks go forward, and back, within them.
  ["at-once", quiet("22:00", "07:00"), berlin, "2026-03-28T22:00:00Z", "2026-03-29T05:00:00Z"],
  ["at-once", quiet("22:00", "07:00"), berlin, "2026-10-24T22:00:00Z", "2026-10-25T06:00:00Z"],
  // The daily mail waits for their end, too.
  ["daily", quiet("22:00", "09:30"), berlin, "2026-12-03T05:00:00Z", "2026-12-03T08:30:00Z"],
] as const)("mailTime(): %s, quiet %o in %s, since %s", (rhythm, hours, timeZone, since, expected) => {
  const schedule = { rhythm, quiet: hours, timeZone };

  const time = mailTime(at(since), { now: at(since), schedule });

  expect(new Date(time).toISOString().replace(".000", "")).toBe(expected);
});

test("mailTime() lets overdue mail go now, unless it is quiet now", () => {
  const schedule = { rhythm: "at-once", quiet: quiet("22:00", "07:00"), timeZone: "UTC" } as const;
  const since = at("2026-12-01T12:00:00Z");

  expect(mailTime(since, { now: at("2026-12-03T12:00:00Z"), schedule })).toBe(at("2026-12-03T12:00:00Z"));
  expect(mailTime(since, { now: at("2026-12-03T23:00:00Z"), schedule })).toBe(at("2026-12-04T07:00:00Z"));
});
