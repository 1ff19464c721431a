import { expect, test } from "vitest";
import { preferredLanguage } from "#std";

test.each([
  ["the chosen one", "es", "theme=x; language=ar", "ar"],
  ["no language of ours chosen", "es", "language=xx", "es"],
  ["a region of a language", "es-MX,en;q=0.8", "", "es"],
  ["the heavier one", "en;q=0.5, ar;q=0.9", "", "ar"],
  ["none of ours", "fr, *;q=0.1", "", "en"],
  ["a refused one", "es;q=0, ar;q=0.1", "", "ar"],
  ["no malformed weight", "es;q=x, ,;q", "", "en"],
  ["nothing", "", "", "en"],
])("preferredLanguage() takes %s", (_, acceptLanguage, cookie, expected) => {
  const headers = new Headers({ "accept-language": acceptLanguage, cookie });

  expect(preferredLanguage({ headers }, ["ar", "en", "es"])).toBe(expected);
});
