/** The languages in which the server writes to people. A further one needs a file of words in each folder `words`. */
export const languages = ["en", "es", "ar"] as const;

export type Language = (typeof languages)[number];

/** For the attribute `dir` of a page. */
export const directionOf = (language: Language): "ltr" | "rtl" => (language === "ar" ? "rtl" : "ltr");

/** Of a header that is longer only the beginning is read. */
const longestHeader = 500;

/**
 * The reader's language among `languages`: the one chosen in this browser (cookie `language`), else the first of
 * Accept-Language that exists, else English.
 */
export function preferredLanguage<Name extends string>(
  { headers }: Pick<Request, "headers">,
  languages: readonly Name[],
): Name | "en" {
  const chosen = /(?:^|; ?)language=([a-zA-Z-]{2,20})(?:;|$)/.exec(headers.get("cookie") ?? "")?.[1];
  const known = languages.find((one) => one === chosen);
  if (known !== undefined) return known;
  const wanted = (headers.get("accept-language") ?? "")
    .slice(0, longestHeader)
    .split(",")
    .map((part) => {
      const [tag = "", ...options] = part.split(";").map((one) => one.trim().toLowerCase());
      const weight = Number(options.find((one) => one.startsWith("q="))?.slice(2) ?? 1);
      return { tag, weight: Number.isNaN(weight) ? 0 : weight };
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight);
  for (const { tag } of wanted) {
    const found = languages.find(
      (one) => tag === one.toLowerCase() || tag.startsWith(`${one.toLowerCase()}-`),
    );
    if (found !== undefined) return found;
  }
  return "en";
}

/** The reader's language among those in which the server writes. */
export function languageOf(request: Pick<Request, "headers">): Language {
  return preferredLanguage(request, languages);
}
