import { expect, test } from "vitest";
import { messagesByIndex, namesWay } from "./ways.ts";
import { readSearch } from "./words.ts";

const texts: Record<string, number> = {
  order: 270_000,
  refund: 90_000,
  hoa: 12_000,
  mai: 30_000,
  ref77: 9,
  "+ngu+van": 30_000,
  nguyen: 40_000,
  van: 35_000,
  hoang: 9_000,
  le: 9_000,
  an: 9_000,
};

function words(text: string) {
  const read = readSearch(text);
  if (read === null || read === "nothing") throw new Error("Cannot choose for no words");
  return read;
}
const said = (text: string) => messagesByIndex(words(text), (word) => texts[word] ?? 0);
const named = (text: string) => namesWay(words(text), (word) => texts[word] ?? 0);

test("messagesByIndex() leaves out frequent words, and frequent combinations", () => {
  expect(said("order")).toEqual([]);
  expect(said("hoa")).toEqual([]);
  expect(said("order refund")).toEqual([]);
  expect(said("hoa refund")).toEqual([]);
});

test("messagesByIndex() uses rare words only, and two words that rarely meet", () => {
  expect(said("ref77")).toEqual(["'ref77':*"]);
  expect(said("order ref77 refund")).toEqual(["'ref77':*"]);
  expect(said("mai hoa")).toEqual(["'hoa':*", "'mai':*"]);
  expect(said("order mai hoa")).toEqual(["'hoa':*", "'mai':*"]);
});

test("namesWay() uses pairs of words, unless many people have both", () => {
  expect(named("order refund")).toEqual({ by: "pairs" });
  expect(named("Nguyễn Văn")).toEqual({ by: "reading" });
  expect(named("nguyen van hoa")).toEqual({ by: "pairs" });
});

test("namesWay() uses one word only if it is rare, and all words if they have no pairs", () => {
  expect(named("hoa")).toEqual({ by: "reading" });
  expect(named("ref77")).toEqual({ by: "words", queries: ["'ref77':*"] });
  expect(named("le an")).toEqual({ by: "words", queries: ["'le':*", "'an':*"] });
  expect(named("le zu")).toEqual({ by: "words", queries: ["'zu':*"] });
  expect(named("hoa hoang")).toEqual({ by: "words", queries: ["'hoa':*", "'hoang':*"] });
});
