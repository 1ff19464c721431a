import { expect, test } from "vitest";
import { checkPassword, hashPassword, requireGoodPassword } from "./password.ts";

test.each([
  ["Kurz-1a", "at least 8"],
  ["KORREKT-PFERD-7", "lowercase"],
  ["korrekt-pferd-7", "uppercase"],
  ["Korrekt-Pferd", "number"],
  ["Password1", "too common"],
  ["Qwerty2024!", "too common"],
  // Of the list of leaks: the rules of characters alone take them.
  ["Marlboro1", "too common"],
  ["1Qaz2wsx", "too common"],
  ["Iloveyou2", "too common"],
  [`Aa1${"x".repeat(200)}`, "at most 200"],
])("requireGoodPassword() refuses %s", (password, reason) => {
  expect(() => requireGoodPassword(password)).toThrow(reason);
});

test("requireGoodPassword() accepts one that follows the rules, in any script", () => {
  expect(() => requireGoodPassword("Korrekt-Pferd-7")).not.toThrow();
  expect(() => requireGoodPassword("Пароль-Лошадь-7")).not.toThrow();
});

test("hashPassword() costs 12 and does not truncate long passwords", async () => {
  const long = `Aa1${"x".repeat(80)}`;

  const hash = await hashPassword(`${long}y`);

  expect(hash).toMatch(/^\$2b\$12\$/);
  expect(await checkPassword(`${long}y`, hash)).toBe(true);
  expect(await checkPassword(`${long}z`, hash)).toBe(false);
  expect(await checkPassword("anything", null)).toBe(false);
});
