import { expect, test } from "vitest";
import { mentionedIn, partsOf } from "./mentions.ts";

const members = [
  { id: "1", name: "Ann" },
  { id: "2", name: "Ann Lee" },
  { id: "3", name: "Zoë" },
];

test("mentionedIn() finds whole names behind an @, the longer one first, each person once", () => {
  expect(mentionedIn("@Ann Lee please, and @Zoë", members)).toEqual(["2", "3"]);
  expect(mentionedIn("@Ann, @Ann!", members)).toEqual(["1"]);
  expect(mentionedIn("write to hello@Ann.example or Ann Lee", members)).toEqual([]);
});

test("mentionedIn() means nobody by the beginning of a longer name, and everybody of the same one", () => {
  const many = [...members, { id: "4", name: "Ann" }];

  expect(mentionedIn("@Annabel and @Ann2 are customers", many)).toEqual([]);
  expect(mentionedIn("@Ann's turn", many)).toEqual(["1", "4"]);
});

test("partsOf() splits a note at mentions and loses nothing", () => {
  const text = "Hi @Ann Lee, see\n@Zoë";

  const parts = partsOf(text, members);

  expect(parts.map((part) => part.id)).toEqual([null, "2", null, "3"]);
  expect(parts.map((part) => part.text).join("")).toBe(text);
});
