import { m } from "#lib/paraglide/messages.js";

declare const __LANGUAGE__: string | undefined;
declare const __LANGUAGES__: { tag: string; name: string }[] | undefined;

/** The language of this build. */
export const language: string = typeof __LANGUAGE__ === "undefined" ? "en" : __LANGUAGE__;

/** All languages of the dashboard, each by its own name. */
export const languages: { tag: string; name: string }[] =
  typeof __LANGUAGES__ === "undefined" ? [] : __LANGUAGES__;

export const isRightToLeft: boolean = m.language_direction() === "rtl";

/** How numbers and dates are written: as in the reader's region, with the digits that Messenger itself shows. */
export const formatLocale: string = new Intl.Locale(regionOf(language), {
  numberingSystem: "latn",
}).toString();

function regionOf(tag: string): string {
  // The build and the tests have no reader.
  const wished: readonly string[] | undefined = globalThis.navigator?.languages;
  return wished?.find((one) => one.split("-")[0] === tag.split("-")[0]) ?? tag;
}

/** Keeps the language for this browser: the server chooses the page by it. True if the page must load again. */
export function keepLanguage(tag: string): boolean {
  const entry = `language=${tag}`;
  const isKept = (): boolean => document.cookie.split("; ").includes(entry);
  if (isKept()) return false;
  document.cookie = `${entry}; path=/; max-age=31536000; samesite=lax`;
  // A browser that keeps no cookies would load the same page without end.
  return tag !== language && isKept();
}

/** Forgets the choice: the browser's own language counts again. */
export function forgetLanguage(): void {
  document.cookie = "language=; path=/; max-age=0; samesite=lax";
}
