import { expect, test } from "vitest";
import { composeLength, keyAction } from "./compose_rules.ts";

const enter = { key: "Enter", ctrlKey: false, metaKey: false, shiftKey: false, isComposing: false };

test("composeLength() counts from 1,800 and refuses from 2,000, as the server does", () => {
  expect(composeLength("x".repeat(1799), "reply")).toEqual({ isTooLong: false, words: "" });
  expect(composeLength("x".repeat(1800), "reply").words).toBe("1,800 of 1,999");
  expect(composeLength("x".repeat(1999), "reply").isTooLong).toBe(false);
  expect(composeLength("🎉".repeat(1999), "reply").words).toBe("1,999 of 1,999");
  expect(composeLength("x".repeat(2002), "reply")).toEqual({
    isTooLong: true,
    words: "3 characters over the limit of 1,999",
  });
});

test("composeLength() lets a note be longer than a message", () => {
  expect(composeLength("x".repeat(3000), "note").isTooLong).toBe(false);
});

test("keyAction() sends with Enter only when that is wanted", () => {
  expect(keyAction(enter, { enterSends: true })).toBe("send");
  expect(keyAction(enter, { enterSends: false })).toBeNull();
  expect(keyAction({ ...enter, shiftKey: true }, { enterSends: true })).toBeNull();
});

test("keyAction() sends with Mod+Enter always, and resolves with Shift", () => {
  expect(keyAction({ ...enter, ctrlKey: true }, { enterSends: false })).toBe("send");
  expect(keyAction({ ...enter, metaKey: true, shiftKey: true }, { enterSends: false })).toBe(
    "sendAndResolve",
  );
});

test("keyAction() leaves Enter to an input method that composes a word", () => {
  expect(keyAction({ ...enter, isComposing: true }, { enterSends: true })).toBeNull();
});
