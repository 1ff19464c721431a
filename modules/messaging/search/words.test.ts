import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../db/testing.ts";
import { hasPairs, hasWords, readSearch, readsWords } from "./words.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const texts = [
  "Blue order",
  "Reorder blueish",
  "ORDERS and a voucher",
  "Đơn hàng của tôi",
  "don hang cua toi",
  "Crème brûlée",
  "CREME BRULEE",
  "red/blue cardigan",
  "red, blue",
  "red card",
  "mixed, blue — order",
  "ref123",
  "",
  "№ 5 🎉",
];

test.each([
  ["order", ["Blue order", "ORDERS and a voucher", "mixed, blue — order"]],
  ["blue order", ["Blue order", "mixed, blue — order"]],
  ["don hang", ["Đơn hàng của tôi", "don hang cua toi"]],
  ["ĐƠN hàng", ["Đơn hàng của tôi", "don hang cua toi"]],
  ["crème", ["Crème brûlée", "CREME BRULEE"]],
  ["creme brul", ["Crème brûlée", "CREME BRULEE"]],
  ["red/blue", ["red/blue cardigan", "red, blue"]],
  ["red car", ["red/blue cardigan", "red card"]],
  ["ref12", ["ref123"]],
  ["lue", []],
])("readsWords() finds by %j the same texts as hasWords()", async (search, expected) => {
  const { sql } = database;
  const words = readSearch(search);
  if (words === null || words === "nothing") throw new Error("Cannot search for no words");

  const rows = await sql<{ text: string; read: boolean; had: boolean }[]>`
    select text, ${readsWords(sql, "text", words)} as read, ${hasWords(sql, "text", words.queries)} as had
    from unnest(${texts}::text[]) as said (text)`;

  expect(rows.filter(({ read }) => read).map(({ text }) => text)).toEqual(expected);
  expect(rows.filter(({ had }) => had).map(({ text }) => text)).toEqual(expected);
});

const names = [
  "Hugo Corbach",
  "Corinna van Hugh",
  "Hug",
  "Đặng Thị Hồng",
  "Jean-Luc Straße",
  "Luc Strasser",
  "Le An",
  "Cor Hu",
];

test.each([
  ["hugo cor", ["Hugo Corbach"]],
  ["cor hug", ["Hugo Corbach", "Corinna van Hugh"]],
  ["hugh van", ["Corinna van Hugh"]],
  ["dang hồng", ["Đặng Thị Hồng"]],
  ["jean-luc strass", ["Jean-Luc Straße"]],
  ["strasse luc", ["Jean-Luc Straße", "Luc Strasser"]],
  ["luc straß", ["Jean-Luc Straße", "Luc Strasser"]],
  ["hu cor van", ["Corinna van Hugh"]],
])("hasPairs() finds by %j every name that hasWords() finds", async (search, expected) => {
  const { sql } = database;
  const words = readSearch(search);
  if (words === null || words === "nothing") throw new Error("Cannot search for no words");

  const rows = await sql<{ name: string; paired: boolean; had: boolean }[]>`
    select name, ${hasPairs(sql, "name", words)} as paired,
      ${hasWords(sql, "name", words.queries)} as had
    from unnest(${names}::text[]) as called (name)`;

  expect(words.pairs.length).toBeGreaterThan(0);
  expect(rows.filter(({ had }) => had).map(({ name }) => name)).toEqual(expected);
  expect(rows.filter(({ paired }) => paired).map(({ name }) => name)).toEqual(expected);
});

test("readSearch() makes no pairs of short words, nor of two that one word could match", () => {
  const pairs = ["le an", "hug hugo", "hugo", "Đặng hop zu"].map((text) => {
    const words = readSearch(text);
    return words === null || words === "nothing" ? words : words.pairs;
  });

  expect(pairs).toEqual([[], [], [], ["+dan+hop"]]);
});
