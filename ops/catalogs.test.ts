import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const folder = "apps/dashboard/messages";

/** A text, or one text for each plural category of a number. */
type Message = string | { declarations: string[]; selectors: string[]; match: Record<string, string> }[];
type Catalog = Record<string, Message>;

const catalogs = new Map<string, Catalog>(
  readdirSync(folder).map((name) => [
    name.replace(".json", ""),
    JSON.parse(readFileSync(join(folder, name), "utf8")),
  ]),
);
/** The sentences of the server: in English they come with each answer, `{status@kind}` is `<status@kind>` here. */
const ofServer: Catalog = Object.fromEntries(
  Object.entries<{ en: string }>(JSON.parse(readFileSync("ops/codes.json", "utf8"))).map(([code, { en }]) => [
    `server_${code}`,
    en.replace(/\{(\w+@[a-z-]+)\}/g, "<$1>"),
  ]),
);
const english: Catalog = { ...catalogs.get("en"), ...ofServer };
const others = [...catalogs.keys()].filter((language) => language !== "en");

/** The same word in another language, or no word at all. */
const alike = new Set(readFileSync("ops/same_in_languages.txt", "utf8").split("\n").filter(Boolean));

function textsOf(message: Message | undefined): string[] {
  if (message === undefined) return [];
  return typeof message === "string" ? [message] : message.flatMap((part) => Object.values(part.match));
}

function parametersOf(message: Message | undefined): string[] {
  const inputs =
    message === undefined || typeof message === "string"
      ? []
      : message.flatMap((part) => part.declarations.flatMap((line) => /^input (\w+)/.exec(line)?.[1] ?? []));
  const named = textsOf(message).flatMap((text) =>
    [...text.matchAll(/\{(\w+)\}|<(\w+@[a-z-]+)>/g)].map(([, plain, coded]) => plain ?? coded ?? ""),
  );
  return [...new Set([...inputs, ...named])].toSorted();
}

test.each(others)("the catalog %s has exactly the keys of the English one", (language) => {
  expect(Object.keys(catalogs.get(language) ?? {}).toSorted()).toEqual(Object.keys(english).toSorted());
});

test.each(others)("each message of %s takes the parameters of the English one", (language) => {
  const catalog = catalogs.get(language) ?? {};
  const different = Object.keys(english).filter(
    (key) => String(parametersOf(catalog[key])) !== String(parametersOf(english[key])),
  );

  expect(different).toEqual([]);
});

test.each(others)("no message of %s is left in English", (language) => {
  const catalog = catalogs.get(language) ?? {};
  const left = Object.keys(english).filter((key) =>
    textsOf(catalog[key]).some(
      (text) =>
        /\p{L}{2,}/u.test(text.replace(/\{\w+\}|<[^>]+>/g, "")) &&
        textsOf(english[key]).includes(text) &&
        !alike.has(text),
    ),
  );

  expect(left).toEqual([]);
});

test.each([...catalogs.keys()])("numbers of %s have all plural categories of its grammar", (language) => {
  // Millions in Spanish: "1.000.000 de contactos". Such numbers are rare here, and "other" serves them.
  const categories = new Intl.PluralRules(language)
    .resolvedOptions()
    .pluralCategories.filter((one) => one !== "many" || language !== "es");
  const catalog = catalogs.get(language) ?? {};
  const lacking = Object.entries(catalog).flatMap(([key, message]) => {
    if (typeof message === "string") return [];
    return message.flatMap((part) => {
      const plural = part.declarations.find((line) => line.includes(": plural"));
      const name = plural === undefined ? undefined : /local (\w+)/.exec(plural)?.[1];
      if (name === undefined) return [];
      const known = Object.keys(part.match).flatMap(
        (line) => new RegExp(`${name}=(\\S+)`).exec(line)?.[1] ?? [],
      );
      return categories.some((one) => !known.includes(one)) && !known.includes("*") ? [key] : [];
    });
  });

  expect(lacking).toEqual([]);
});
