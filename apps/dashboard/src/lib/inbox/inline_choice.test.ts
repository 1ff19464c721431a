import { expect, test } from "vitest";
import { choicesFor, openTag } from "./inline_choice.ts";

test("openTag() finds a variable after two braces, and a mention at the beginning of a word", () => {
  expect(openTag("Dear {{fir", "reply")).toEqual({ kind: "variable", start: 5, query: "fir" });
  expect(openTag("Please call, @ay", "note")).toEqual({ kind: "mention", start: 13, query: "ay" });
  expect(openTag("@Aylin Ag", "note")).toEqual({ kind: "mention", start: 0, query: "Aylin Ag" });
});

test("openTag() leaves other text alone", () => {
  for (const text of ["Total is {5", "Total is {5} euros", "{{5}} euros", "{{a\nb", "ann@example.com", ""])
    expect(openTag(text, "reply"), text).toBeNull();
  for (const text of ["ann@example", "{{first", "@a@b", `@${"x".repeat(41)}`])
    expect(openTag(text, "note"), text).toBeNull();
});

test("choicesFor() finds by the beginning of a name, of a word of it, or of the key", () => {
  const all = [
    { value: "first_name", name: "First name" },
    { value: "page_name", name: "Page name" },
    { value: "custom.city", name: "Town" },
  ];

  expect(choicesFor(all, "").map(({ value }) => value)).toEqual(["first_name", "page_name", "custom.city"]);
  expect(choicesFor(all, "NAME").map(({ value }) => value)).toEqual(["first_name", "page_name"]);
  expect(choicesFor(all, "custom.c").map(({ name }) => name)).toEqual(["Town"]);
  expect(choicesFor(all, "5")).toEqual([]);
});
