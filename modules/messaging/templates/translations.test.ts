import { expect, test } from "vitest";
import { chooseTranslation } from "./translations.ts";

const translations = {
  es: "Hola",
  "es-419": "Hola (Latinoamérica)",
  "pt-BR": "Olá (Brasil)",
  ar: "مرحبا",
  zh: "你好",
  "zh-TW": "你好（台灣）",
};

test.each([
  // Meta's names of Spanish.
  ["es_ES", "Hola"],
  ["es_LA", "Hola (Latinoamérica)"],
  ["es_MX", "Hola"],
  // Only Brazil has a text of its own, and Portuguese none.
  ["pt_BR", "Olá (Brasil)"],
  ["pt_PT", null],
  ["ar_AR", "مرحبا"],
  ["zh_TW", "你好（台灣）"],
  ["zh_CN", "你好"],
  ["en_US", null],
  // As imports have them.
  ["es", "Hola"],
  ["pt-br", "Olá (Brasil)"],
  ["ES-mx", "Hola"],
  ["zh-Hant-TW", "你好"],
  // Nobody's language.
  [null, null],
  ["", null],
  ["constructor", null],
  ["español", null],
  ["e", null],
])(
  "chooseTranslation() for %s returns the exact locale's text, else the language's, else the default",
  (locale, said) => {
    expect(chooseTranslation(locale, translations)).toBe(said);
  },
);

test("chooseTranslation() returns the default without a translation", () => {
  expect(chooseTranslation("es_LA", {})).toBeNull();
});
