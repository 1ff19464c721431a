import { expect, test } from "vitest";
import { untilNextChange, windowRing } from "./window_ring.ts";

const now = Date.parse("2026-03-03T12:00:00Z");
const inHours = (hours: number): string => new Date(now + hours * 3_600_000).toISOString();

test("windowRing() draws the rest of the 24 hours", () => {
  expect(windowRing({ state: "open", until: inHours(6), reason: "" }, now)).toEqual({
    tone: "open",
    part: 0.25,
  });
});

test("windowRing() warns during the last two hours", () => {
  expect(windowRing({ state: "open", until: inHours(1.99), reason: "" }, now).tone).toBe("soon");
  expect(windowRing({ state: "open", until: inHours(2), reason: "" }, now).tone).toBe("open");
});

test("windowRing() measures a person's window against 7 days", () => {
  expect(windowRing({ state: "human", until: inHours(84), reason: "" }, now)).toEqual({
    tone: "human",
    part: 0.5,
  });
});

test("windowRing() closes by itself when the time has passed, though the server said open", () => {
  expect(windowRing({ state: "open", until: inHours(-0.01), reason: "" }, now)).toEqual({
    tone: "closed",
    part: 0,
  });
});

test("windowRing() never draws more than the whole circle (a window that an ad opened lasts longer)", () => {
  expect(windowRing({ state: "open", until: inHours(100), reason: "" }, now).part).toBe(1);
});

test("untilNextChange() leads to the last minute of a window, then to its end, and never runs in circles", () => {
  expect(untilNextChange(now + 600_000, now)).toBe(540_000);
  expect(untilNextChange(now + 30_000, now)).toBe(30_000);
  expect(untilNextChange(now - 30_000, now)).toBe(5_000);
});
