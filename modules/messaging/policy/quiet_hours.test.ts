import { expect, test } from "vitest";
import { quietUntil } from "./quiet_hours.ts";

const night = { from: 22 * 60, until: 8 * 60 };
const endOf = (zone: string, now: string, quiet = night) => {
  const end = quietUntil(quiet, zone, Date.parse(now));
  return end === null ? null : new Date(end).toISOString();
};

test.each([
  ["before midnight", "Europe/Berlin", "2026-11-27T22:30:00Z", "2026-11-28T07:00:00.000Z"],
  ["after midnight", "Europe/Berlin", "2026-11-28T03:59:59Z", "2026-11-28T07:00:00.000Z"],
  ["hours from UTC", "-7", "2026-11-28T06:00:00Z", "2026-11-28T15:00:00.000Z"],
  ["half hours from UTC", "5.5", "2026-11-28T00:00:00Z", "2026-11-28T02:30:00.000Z"],
  [
    "the night in which summer time begins",
    "Europe/Berlin",
    "2026-03-28T23:00:00Z",
    "2026-03-29T06:00:00.000Z",
  ],
  ["the night in which it ends", "Europe/Berlin", "2026-10-24T22:30:00Z", "2026-10-25T07:00:00.000Z"],
  ["what is no zone", "Mars/Base", "2026-11-28T03:00:00Z", "2026-11-28T08:00:00.000Z"],
])("quietUntil() in %s", (_, zone, now, end) => {
  expect(endOf(zone, now)).toBe(end);
});

test("quietUntil() returns a later time if clocks skip the end, and null if no quiet hour remains", () => {
  const quiet = { from: 0, until: 150 };

  expect(endOf("Europe/Berlin", "2026-03-29T00:30:00Z", quiet)).toBe("2026-03-29T01:30:00.000Z");
  // Where summer time ends at midnight, the evening's last hour comes twice.
  expect(endOf("Asia/Beirut", "2026-10-24T20:30:00Z", { from: 1_320, until: 30 })).toBe(
    "2026-10-24T22:30:00.000Z",
  );
  expect(endOf("Europe/Berlin", "2026-11-28T07:00:00Z")).toBeNull();
  expect(endOf("Europe/Berlin", "2026-11-28T20:59:59Z")).toBeNull();
});
