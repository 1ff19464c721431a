import { expect, test } from "vitest";
import { changeOf, shareWords, waitWords } from "./change_words.ts";

test("changeOf() compares with the days before, and not with nothing", () => {
  expect(changeOf(112, 100)).toEqual({ direction: "up", words: "12% more" });
  expect(changeOf(50, 100, { isTime: true })).toEqual({ direction: "down", words: "50% shorter" });
  expect(changeOf(1_000, 1_001)).toEqual({ direction: "same", words: "no change" });
  expect(changeOf(60, 12)).toEqual({ direction: "up", words: "5× the previous period" });
  expect(changeOf(5, 0)).toBeNull();
});

test("waitWords() is as short as a tile wants it, and never says 60 minutes", () => {
  expect([null, 42, 60, 3_599, 3_600, 7_800, 46_000, 200_000].map(waitWords)).toEqual([
    "–",
    "42 s",
    "1 min",
    "1 h",
    "1 h",
    "2 h 10 min",
    "13 h",
    "2 days",
  ]);
});

test("shareWords() of nothing is a dash", () => {
  expect([shareWords(1, 3), shareWords(0, 0)]).toEqual(["33%", "–"]);
});
