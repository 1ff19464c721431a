import { expect, test } from "vitest";
import { contentIn, problemWords, translatedDraft, translatedOf } from "./translated_draft.ts";

const hello = { text: "Hello" };
const hola = { text: "Hola" };

test("translatedOf() reverses translatedDraft(), and returns nothing for a message that is off", () => {
  const draft = translatedDraft(hello, { es: hola });

  expect(translatedOf(draft)).toEqual({ content: hello, translations: { es: hola } });
  expect(translatedOf({ ...draft, isOn: false })).toEqual({ content: null, translations: {} });
});

test("contentIn() gives the default for a language without a text", () => {
  const draft = translatedDraft(hello, { es: hola });

  expect([contentIn(draft, "es").text, contentIn(draft, "ar").text]).toEqual(["Hola", "Hello"]);
});

test("problemWords() names the language that lacks its text", () => {
  const draft = translatedDraft(hello, { "pt-BR": {} });

  expect(problemWords("Welcome message", draft)).toBe(
    "Welcome message (Portuguese (Brazil)): Write the text",
  );
  expect(problemWords("Welcome message", translatedDraft({}, {}))).toBe("Welcome message: Write the text");
  expect(problemWords("Welcome message", translatedDraft(null, {}))).toBeNull();
});
