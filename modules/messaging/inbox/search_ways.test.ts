import { expect, test } from "vitest";
import { readSearch } from "../search_words.ts";
import { searchWays } from "./search_ways.ts";

const said: Record<string, number> = { order: 270_000, refund: 90_000, hoa: 12_000, mai: 30_000, ref77: 9 };
const named: Record<string, number> = { kira: 6_250, hoa: 800, mai: 2_500 };

function waysOf(text: string) {
  const words = readSearch(text);
  if (words === null || words === "nothing") throw new Error("Cannot choose for no words");
  return searchWays(words, { names: (word) => named[word] ?? 0, messages: (word) => said[word] ?? 0 });
}

test("searchWays() looks for what is frequent, and for frequent words that are many together", () => {
  expect(waysOf("order")).toEqual({ areNamesRare: true, rare: [] });
  expect(waysOf("order refund")).toEqual({ areNamesRare: true, rare: [] });
  expect(waysOf("hoa refund")).toEqual({ areNamesRare: true, rare: [] });
  expect(waysOf("kira")).toEqual({ areNamesRare: false, rare: ["'kira':*"] });
});

test("searchWays() asks the index for rare words only, and for two that are not too many together", () => {
  expect(waysOf("order ref77 refund")).toEqual({ areNamesRare: true, rare: ["'ref77':*"] });
  expect(waysOf("mai hoa")).toEqual({ areNamesRare: true, rare: ["'hoa':*", "'mai':*"] });
  expect(waysOf("order mai hoa")).toEqual({ areNamesRare: true, rare: ["'hoa':*", "'mai':*"] });
  expect(waysOf("hoa")).toEqual({ areNamesRare: true, rare: [] });
});
