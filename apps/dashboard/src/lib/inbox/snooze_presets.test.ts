import { expect, test } from "vitest";
import { snoozePresets } from "./snooze_presets.ts";

test("snoozePresets() are in the future at any hour and on any day", () => {
  for (let hour = 0; hour < 24 * 7; hour += 1) {
    const now = new Date(2026, 2, 2, hour, 30);
    const times = snoozePresets(now).map(({ until }) => until.getTime());
    expect(Math.min(...times)).toBeGreaterThan(now.getTime());
    expect(times.length).toBeGreaterThan(1);
  }
});

test("snoozePresets() offer the evening only while it is far enough away", () => {
  const names = (hour: number): string[] =>
    snoozePresets(new Date(2026, 2, 3, hour)).map((preset) => preset.name);

  expect(names(10)).toContain("This evening");
  expect(names(15)).not.toContain("This evening");
});

test("snoozePresets() mean the next Monday on a Monday, and leave it out on a Sunday", () => {
  const monday = new Date(2026, 2, 2, 10);
  expect(snoozePresets(monday).find((preset) => preset.name === "Next Monday")?.until).toEqual(
    new Date(2026, 2, 9, 9),
  );
  expect(snoozePresets(new Date(2026, 2, 8, 10)).map((preset) => preset.name)).not.toContain("Next Monday");
});
