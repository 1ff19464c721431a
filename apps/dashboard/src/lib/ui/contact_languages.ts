import { language } from "./language.ts";

/** In pickers: the text for everybody whose language has none of its own. */
export const DEFAULT_LANGUAGE = "default";

/** Languages that Messenger has, as BCP 47 tags: each alone, and the regions that write it in their own way. */
export const CONTACT_LANGUAGES = [
  "ar",
  "cs",
  "da",
  "de",
  "el",
  "en",
  "en-GB",
  "en-US",
  "es",
  "es-419",
  "es-ES",
  "fi",
  "fr",
  "fr-CA",
  "he",
  "hi",
  "hu",
  "id",
  "it",
  "ja",
  "ko",
  "ms",
  "nb",
  "nl",
  "pl",
  "pt",
  "pt-BR",
  "pt-PT",
  "ro",
  "ru",
  "sv",
  "th",
  "tl",
  "tr",
  "uk",
  "vi",
  "zh",
  "zh-CN",
  "zh-HK",
  "zh-TW",
] as const;

const names = new Intl.DisplayNames(language, { type: "language", languageDisplay: "standard" });

/** A language as the reader calls it: "Portuguese (Brazil)". */
export function languageLabel(tag: string): string {
  return names.of(tag) ?? tag;
}
