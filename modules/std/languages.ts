/** The languages in which the server writes to people. A further one needs a file of words in each folder `words`. */
export const languages = ["en", "es", "ar"] as const;

export type Language = (typeof languages)[number];

/** For the attribute `dir` of a page. */
export const directionOf = (language: Language): "ltr" | "rtl" => (language === "ar" ? "rtl" : "ltr");

/** Of a header that is longer only the beginning is read. */
const longestHeader = 500;

/** The language that the reader's browser prefers among ours; English when it names none of them. */
export function languageOf({ headers }: Pick<Request, "headers">): Language {
  const wanted = (headers.get("accept-language") ?? "")
    .slice(0, longestHeader)
    .split(",")
    .map((part) => {
      const [tag = "", ...options] = part.split(";").map((one) => one.trim().toLowerCase());
      const weight = Number(options.find((one) => one.startsWith("q="))?.slice(2) ?? 1);
      return { name: tag.split("-")[0], weight: Number.isNaN(weight) ? 0 : weight };
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight);
  for (const { name } of wanted) {
    const found = languages.find((language) => language === name);
    if (found !== undefined) return found;
  }
  return "en";
}
