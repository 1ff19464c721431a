import { expect, test } from "vitest";
import { textParts } from "./text_parts.ts";

test("textParts() finds addresses and leaves the full stop outside", () => {
  expect(textParts("See https://a.example/x?y=1. Thanks")).toEqual([
    { text: "See ", href: null },
    { text: "https://a.example/x?y=1", href: "https://a.example/x?y=1" },
    { text: ". Thanks", href: null },
  ]);
});

test("textParts() makes no link of a script", () => {
  expect(textParts("javascript:alert(1)")).toEqual([{ text: "javascript:alert(1)", href: null }]);
});
