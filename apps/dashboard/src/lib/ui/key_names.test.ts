import { expect, test } from "vitest";
import { keyCaps, keyName } from "./key_names.ts";

const press = (
  key: string,
  mods: Partial<Record<"ctrlKey" | "metaKey" | "shiftKey" | "altKey", boolean>> = {},
) => keyName({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...mods });

test("keyName() names letters, signs and named keys as bindings write them", () => {
  expect(press("j")).toBe("j");
  expect(press("E", { shiftKey: true })).toBe("Shift+e");
  expect(press("?", { shiftKey: true })).toBe("?");
  expect(press("k", { metaKey: true })).toBe("Mod+k");
  expect(press("Enter", { ctrlKey: true, shiftKey: true })).toBe("Mod+Shift+Enter");
});

test("keyName() is silent while Alt is down, which types letters of other languages", () => {
  expect(press("e", { altKey: true })).toBeNull();
});

test("keyCaps() draws a Mac's signs on a Mac only", () => {
  expect(keyCaps("Mod+Shift+Enter", true)).toEqual(["⌘", "⇧", "↵"]);
  expect(keyCaps("Mod+k", false)).toEqual(["Ctrl", "K"]);
  expect(keyCaps("g i", false)).toEqual(["G", "I"]);
});

test("keyName() takes the letter in the same place of a Latin keyboard", () => {
  const plain = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

  expect(keyName({ ...plain, key: "ت", code: "KeyJ" })).toBe("j");
  expect(keyName({ ...plain, key: "Л", code: "KeyK", shiftKey: true })).toBe("Shift+k");
  expect(keyName({ ...plain, key: "a", code: "KeyQ" })).toBe("a");
});
