import { expect, test } from "vitest";
import { firstNumbering, placesAfter, renumber } from "./step_numbers.ts";
import { step } from "./testing.ts";

const steps = (words: string) => [...words].map((word) => step(word));

/** The numbers after steps A, B and C became these, of which each letter says the same as before. */
const after = (words: string) => renumber(steps("ABC"), firstNumbering(steps("ABC")), steps(words)).written;

test.each([
  ["nothing", "ABC", [1, 2, 3]],
  ["one before the first", "ZABC", [4, 1, 2, 3]],
  ["one between", "AZBC", [1, 4, 2, 3]],
  ["one at the end", "ABCZ", [1, 2, 3, 4]],
  ["the first taken away", "BC", [2, 3]],
  ["the last taken away", "AB", [1, 2]],
  ["two that changed places", "BAC", [2, 1, 3]],
  ["the second written anew", "AYC", [1, 2, 3]],
  ["all written anew", "XYZ", [1, 2, 3]],
  ["the first written anew, and one more behind it", "XYBC", [1, 4, 2, 3]],
])("renumber() recognizes the steps after %s", (_, words, numbers) => {
  expect(after(words)).toEqual(numbers);
});

test("renumber() never reuses a number, even of a deleted step", () => {
  const without = renumber(steps("AB"), firstNumbering(steps("AB")), steps("A"));

  expect(renumber(steps("A"), without, steps("AC"))).toMatchObject({ written: [1, 3], last: 3 });
  expect(() => renumber(steps("A"), { written: [1], running: [1], last: 999 }, steps("AC"))).toThrow(
    "Duplicate it",
  );
});

test.each([
  ["where they stood, wherever that is now", [4, 1, 2, 3], [2, 3, 4, 5]],
  ["at the next step that is left", [1, 3], [1, 2, 2, 3]],
  ["at what was added at the end", [1, 2, 3, 4], [1, 2, 3, 4]],
  ["at the end, when nothing comes any more", [1], [1, 2, 2, 2]],
])("placesAfter() continues enrolments %s", (_, written, places) => {
  expect(placesAfter({ running: [1, 2, 3], written, last: 4 })).toEqual(places);
});
