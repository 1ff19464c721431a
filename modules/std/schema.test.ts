import { expect, test } from "vitest";
import { IsoTime, parse } from "./schema.ts";

test("IsoTime accepts a time with its zone", () => {
  for (const time of [
    "2026-11-24T10:00:00.000Z",
    "2026-11-30T23:59:59.123456+07:00",
    "2026-11-24T10:00:00Z",
    "2026-11-24T10:00-05:30",
    "2028-02-29T10:00:00Z",
    "2026-12-31T10:00:00Z",
  ])
    expect(parse(IsoTime, time).ok, time).toBe(true);
});

test("IsoTime refuses wrong times, times without a zone, and other notations", () => {
  for (const text of [
    "",
    "2026-11-24",
    "2026-11-24T10:00:00",
    "2026-11-24 10:00:00Z",
    "2026-13-24T10:00:00Z",
    "2026-11-32T10:00:00Z",
    "2026-11-31T10:00:00Z",
    "2027-02-29T10:00:00Z",
    "0000-01-01T10:00:00Z",
    "2026-11-24T24:00:00Z",
    "2026-11-24T10:00:00+29:00",
    "11/24/2026",
    " 2026-11-24T10:00:00Z",
    "2026-11-24T10:00:00Z; drop",
  ])
    expect(parse(IsoTime, text).ok, text).toBe(false);
});
