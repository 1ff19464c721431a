import { expect, test } from "vitest";
import { messagesByIndex, namesByIndex } from "./search_ways.ts";
import { readSearch } from "./search_words.ts";

const texts: Record<string, number> = { order: 270_000, refund: 90_000, hoa: 12_000, mai: 30_000, ref77: 9 };

function words(text: string) {
  const read = readSearch(text);
  if (read === null || read === "nothing") throw new Error("Cannot choose for no words");
  return read;
}
const said = (text: string) => messagesByIndex(words(text), (word) => texts[word] ?? 0);
const named = (text: string) => namesByIndex(words(text), (word) => texts[word] ?? 0);

test("messagesByIndex() leaves out what is frequent, and frequent words that are many together", () => {
  expect(said("order")).toEqual([]);
  expect(said("hoa")).toEqual([]);
  expect(said("order refund")).toEqual([]);
  expect(said("hoa refund")).toEqual([]);
});

test("messagesByIndex() asks for rare words only, and for two that are not too many together", () => {
  expect(said("ref77")).toEqual(["'ref77':*"]);
  expect(said("order ref77 refund")).toEqual(["'ref77':*"]);
  expect(said("mai hoa")).toEqual(["'hoa':*", "'mai':*"]);
  expect(said("order mai hoa")).toEqual(["'hoa':*", "'mai':*"]);
});

test("namesByIndex() asks for the rare words of a name, for all when none is, and for no frequent one alone", () => {
  expect(named("hoa")).toEqual([]);
  expect(named("ref77")).toEqual(["'ref77':*"]);
  expect(named("hoa ref77")).toEqual(["'ref77':*"]);
  expect(named("order refund")).toEqual(["'order':*", "'refund':*"]);
});
