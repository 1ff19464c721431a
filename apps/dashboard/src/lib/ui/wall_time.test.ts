import { expect, test } from "vitest";
import { instantOf, wallOf } from "./wall_time.ts";

test("instantOf() reads a wall time in its zone, on both sides of a change to summer time", () => {
  expect(instantOf("2026-01-15", "09:00", "Europe/Berlin")?.toISOString()).toBe("2026-01-15T08:00:00.000Z");
  expect(instantOf("2026-07-15", "09:00", "Europe/Berlin")?.toISOString()).toBe("2026-07-15T07:00:00.000Z");
  expect(instantOf("2026-03-29", "03:30", "Europe/Berlin")?.toISOString()).toBe("2026-03-29T01:30:00.000Z");
  expect(instantOf("2026-03-08", "03:30", "America/New_York")?.toISOString()).toBe(
    "2026-03-08T07:30:00.000Z",
  );
  expect(instantOf("2026-03-08", "09:00", "America/New_York")?.toISOString()).toBe(
    "2026-03-08T13:00:00.000Z",
  );
});

test("instantOf() moves a time that a zone skips forward, and takes the first of one that comes twice", () => {
  for (const [date, time, zone, at] of [
    ["2026-03-29", "02:30", "Europe/Berlin", "2026-03-29T01:30:00.000Z"],
    ["2026-03-08", "02:30", "America/New_York", "2026-03-08T07:30:00.000Z"],
    ["2026-10-04", "02:30", "Australia/Sydney", "2026-10-03T16:30:00.000Z"],
    ["2026-10-25", "02:30", "Europe/Berlin", "2026-10-25T00:30:00.000Z"],
    ["2026-11-01", "01:30", "America/New_York", "2026-11-01T05:30:00.000Z"],
  ] as const)
    expect(instantOf(date, time, zone)?.toISOString(), `${date} ${zone}`).toBe(at);
});

test("instantOf() knows that an empty field is no time", () => {
  expect(instantOf("", "09:00", "Europe/Berlin")).toBeNull();
});

test("wallOf() gives back the wall time that instantOf() read", () => {
  for (const zone of ["Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "UTC"]) {
    const at = instantOf("2026-11-24", "18:45", zone);

    expect(wallOf(at?.toISOString() ?? "", zone)).toEqual({ date: "2026-11-24", time: "18:45" });
  }
});
