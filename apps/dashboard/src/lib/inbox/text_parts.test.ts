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

test("textParts() is quick with an address of thousands of dots", () => {
  const text = `https://a.example/${".".repeat(19_000)}x`;

  const started = performance.now();
  const parts = Array.from({ length: 20 }, () => textParts(text));

  expect(parts[0]).toEqual([{ text, href: text }]);
  expect(performance.now() - started).toBeLessThan(1_000);
});
