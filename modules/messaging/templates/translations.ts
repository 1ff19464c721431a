import { type TSchema, Type } from "@sinclair/typebox";
import { recordOf } from "#std";

/** A language as BCP 47 writes it, alone or with its region. */
const LanguageTag = Type.String({
  pattern: "^[a-z]{2,3}(-([A-Z]{2}|419))?$",
  maxLength: 7,
  examples: ["es", "pt-BR", "es-419"],
});

/** As many as the checks of the tables allow. */
const mostTranslations = 30;

/** One text in other languages, by language: people of none of these get the default. */
export const translationsOf = <T extends TSchema>(text: T) => recordOf(LanguageTag, text, mostTranslations);

/**
 * The translation for a person of this locale: that of the exact locale, else that of its language, else null, which
 * means the default. Meta writes `pt_BR`, and an import may have `pt-br`.
 */
export function chooseTranslation<T>(
  locale: string | null,
  translations: Readonly<Record<string, T>>,
): T | null {
  if (locale === null) return null;
  const written = locale.replaceAll("_", "-").toLowerCase();
  // Meta's Spanish of Latin America has the region of Laos.
  const tag = written === "es-la" ? "es-419" : written;
  const [language = ""] = tag.split("-", 1);
  const find = (wanted: string) =>
    Object.entries(translations).find(([one]) => one.toLowerCase() === wanted)?.[1] ?? null;
  return find(tag) ?? find(language);
}
