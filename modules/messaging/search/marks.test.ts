import { expect, test } from "vitest";
import { excerptOf, markWords } from "./marks.ts";
import { readSearch } from "./words.ts";

function words(text: string) {
  const read = readSearch(text);
  if (read === null || read === "nothing") throw new Error("Cannot mark no words");
  return read;
}
/** As HTML would have it. */
const shown = (parts: ReturnType<typeof markWords>) =>
  parts.map(({ text, isMatch }) => (isMatch ? `[${text}]` : text)).join("");

test.each([
  ["order", "My ORDERS, reorder and order", "My [ORDER]S, reorder and [order]"],
  ["creme brul", "Crème brûlée, crème", "[Crème] [brûl]ée, [crème]"],
  ["don hang", "Đơn hàng của tôi", "[Đơn] [hàng] của tôi"],
  ["creme", "cre\u0300me fraiche", "[cre\u0300me] fraiche"],
  ["red/blue", "red, blueish redo", "[red], [blue]ish [red]o"],
  ["طلب", "أين طلبي؟", "أين [طلب]ي؟"],
  ["5", "№ 5 🎉", "№ [5] 🎉"],
])("markWords() marks for %j the words of %j", (search, text, expected) => {
  expect(shown(markWords(text, words(search)))).toBe(expected);
});

test("excerptOf() begins shortly before the first match, in one line, and ends in time", () => {
  const long = `${"Hello there. ".repeat(50)}\n\nIs my refund\non the way? ${"Thanks 🎉 ".repeat(50)}`;

  const excerpt = shown(excerptOf(long, words("refund")));

  expect(excerpt).toMatch(/^….{1,20}\[refund\] on the way\? Thanks/u);
  expect(excerpt.endsWith("…")).toBe(true);
  expect(excerpt.length).toBeLessThan(150);
  expect(excerpt.isWellFormed()).toBe(true);
  expect(shown(excerptOf("Refund, please", words("refund")))).toBe("[Refund], please");
  expect(shown(excerptOf("x".repeat(500), words("refund")))).toHaveLength(141);
});
