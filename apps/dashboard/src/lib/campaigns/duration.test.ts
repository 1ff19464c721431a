import { expect, test } from "vitest";
import { canary } from "../../../../../modules/messaging/delivery/canary.ts";
import { campaignSeconds, durationWords, ratePerSecond, SLOW_START } from "./duration.ts";

test("ratePerSecond() keeps the fifth that belongs to replies, and the campaign's own speed when that is lower", () => {
  expect(ratePerSecond([300, 300], null)).toBe(480);
  expect(ratePerSecond([300], 50)).toBe(50);
  expect(ratePerSecond([10], 50)).toBe(8);
});

test("durationWords() is as exact as a person wants it", () => {
  expect(durationWords(0.2)).toBe("less than a second");
  expect(durationWords(1)).toBe("1 second");
  expect(durationWords(150)).toBe("3 minutes");
  expect(durationWords(7800)).toBe("2 h 10 min");
  expect(durationWords(3 * 86_400)).toBe("3 days");
});

test("campaignSeconds() counts the slow beginning of a large campaign, and the slower of its speed and its pages", () => {
  const large = { count: 1_350, planned: 1_390, pagesSeconds: 6, speed: 100, beginsSlowly: true };

  expect(campaignSeconds(large)).toBe(32.5);
  expect(campaignSeconds({ ...large, beginsSlowly: false })).toBe(13.5);
  expect(campaignSeconds({ ...large, planned: 1_000 })).toBe(13.5);
  expect(campaignSeconds({ ...large, speed: null, pagesSeconds: 27 })).toBe(45);
  expect(campaignSeconds({ ...large, speed: 1 })).toBe(1_350);
  expect(campaignSeconds({ ...large, count: 0 })).toBe(6);
});

test("a campaign begins on the screen as it begins at the server", () => {
  expect(SLOW_START).toEqual(canary);
});
