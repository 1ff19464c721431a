import { expect, test } from "vitest";
import { rowShift } from "./row_shift.ts";

const rows = (words: string) => [...words];
const inSight = { from: 2, to: 5 };

test.each([
  ["nothing changed", "abcdefgh", 0],
  ["two came in above", "xyabcdefgh", 2],
  ["one that is in sight went to the top", "dabcefgh", 0],
  ["one from below went to the top", "habcdefg", 1],
  ["one above went away", "bcdefgh", -1],
  ["more were loaded below", "abcdefghij", 0],
  ["the order was turned round", "hgfedcba", 0],
  ["other rows are shown", "uvwxyz", 0],
])("rowShift() when %s", (_, has, shift) => {
  expect(rowShift(rows("abcdefgh"), rows(has), inSight)).toBe(shift);
});
