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

test("instantOf() knows that an empty field is no time", () => {
  expect(instantOf("", "09:00", "Europe/Berlin")).toBeNull();
});

test("wallOf() gives back the wall time that instantOf() read", () => {
  for (const zone of ["Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "UTC"]) {
    const at = instantOf("2026-11-24", "18:45", zone);

    expect(wallOf(at?.toISOString() ?? "", zone)).toEqual({ date: "2026-11-24", time: "18:45" });
  }
});
