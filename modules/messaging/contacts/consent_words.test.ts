import { expect, test } from "vitest";
import { consentWord } from "./consent_words.ts";

test.each([
  ["Arabic", "إلغاء الإشتراك!", "stop"],
  ["Arabic without its signs", "الغاء الاشتراك", "stop"],
  ["Arabic", "أَوْقِف", "stop"],
  ["Spanish", "¡BAJA!", "stop"],
  ["Spanish", "Darme de baja", "stop"],
  ["Portuguese", "Cancelar inscrição", "stop"],
  ["Greek with the sigma of a word's end", "ΔΙΑΓΡΑΦΗ", "stop"],
  ["Turkish", "DUR", "stop"],
  ["Hebrew", "הסר", "stop"],
  ["Hungarian", "Leiratkozás", "stop"],
  ["Finnish", "lopeta.", "stop"],
  ["Vietnamese", "Hủy đăng ký", "stop"],
  ["Chinese", "退订", "stop"],
  ["Arabic", "ابدأ", "start"],
  ["Spanish", "Suscribirme", "start"],
  ["a sentence with the word", "cuando baja el precio", null],
  ["a sentence with the word", "متى توقف المتجر", null],
])("consentWord() reads the whole message, in %s: %s", (_, text, word) => {
  expect(consentWord(text)).toBe(word);
});
