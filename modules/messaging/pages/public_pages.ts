import { type Language, publicPage, wordTemplate } from "#std";
import type { DeletionText } from "./deletion_page.ts";
import { words } from "./words/words.ts";

/** The operator of this installation. */
export interface Operator {
  name: string | null;
  email: string | null;
}

export interface PrivacyFacts {
  host: string;
  operator: Operator;
  /** The time for which a backup still has deleted data; null without backups. */
  backupDays: number | null;
}

type Key = keyof (typeof words)["en"];

/** Finds words in a language; values come in as markup. */
const speak =
  (language: Language) =>
  (key: Key, values: Record<string, string> = {}) =>
    wordTemplate(words[language][key], values);

/** The privacy text: kept in step with the data that the product stores. */
export function privacyPage({ host, operator, backupDays }: PrivacyFacts, language: Language): Response {
  const say = speak(language);
  const email = operator.email === null ? null : Bun.escapeHTML(operator.email);
  const deletion = [
    email === null
      ? say("privacy.deletion.ask")
      : say("privacy.deletion.ask-email", { email: `<a href="mailto:${email}">${email}</a>` }),
    say("privacy.deletion.when"),
    ...(backupDays === null ? [] : [say("privacy.deletion.backups", { time: daysIn(language, backupDays) })]),
    say("privacy.deletion.list"),
  ];
  const name =
    operator.name === null
      ? say("privacy.operator-of", { host: Bun.escapeHTML(host) })
      : Bun.escapeHTML(operator.name);
  return publicPage({
    language,
    title: say("privacy.title"),
    body: `<p>${say("privacy.about", { operator: `<bdi>${name}</bdi>` })}</p>
<h2>${say("privacy.writing")}</h2>
<p>${say("privacy.writing.kept")}</p>
<p>${say("privacy.writing.use")}</p>
<p>${say("privacy.writing.stop")}</p>
<h2>${say("privacy.login")}</h2>
<p>${say("privacy.login.kept")}</p>
<h2>${say("privacy.deletion")}</h2>
<p>${deletion.join(" ")}</p>
<p>${say("privacy.deletion.otherwise")}</p>
<h2>${say("privacy.cookies")}</h2>
<p>${say("privacy.cookies.kept")}</p>`,
  });
}

export interface DeletionPageOptions {
  /** Of the reader, among ours. */
  language: Language;
  /** The owner's words, and the language they are in; null: ours. */
  own: { text: DeletionText; language: string | null } | null;
}

/** The answer to "was it deleted?", which Meta shows to the person who asked. */
export function deletionPage(
  deletion: { doneOn: string; pages: number } | null,
  { language, own }: DeletionPageOptions,
): Response {
  const say = speak(language);
  if (deletion === null)
    return publicPage({
      language,
      title: say("deletion.missing"),
      body: `<p>${say("deletion.missing.why")}</p>`,
      status: 404,
    });
  if (own !== null) {
    const values = valuesIn(own.language, deletion);
    const fill = (text: string) => text.replaceAll("{date}", values.date).replaceAll("{pages}", values.pages);
    const paragraphs = fill(own.text.text)
      .split("\n")
      .filter((line) => line.trim() !== "");
    const body = paragraphs.map((line) => `<p>${Bun.escapeHTML(line)}</p>`).join("\n");
    return publicPage({ language: own.language, title: fill(own.text.title), body });
  }
  const values = valuesIn(language, deletion);
  return publicPage({
    language,
    title: say("deletion.done"),
    body: `<p>${say("deletion.done.what", values)}</p>`,
  });
}

/** As a language writes them; in an unknown language the date has only digits. */
function valuesIn(
  language: string | null,
  { doneOn, pages }: { doneOn: string; pages: number },
): { date: string; pages: string } {
  if (language === null) return { date: doneOn, pages: String(pages) };
  // Western digits in all languages: ops/docs/voice.md.
  const locale = new Intl.Locale(language, { numberingSystem: "latn" });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" });
  return { date: date.format(new Date(doneOn)), pages: new Intl.NumberFormat(locale).format(pages) };
}

/** "30 days", with the plural of the language. */
function daysIn(language: Language, days: number): string {
  return new Intl.NumberFormat(language, { style: "unit", unit: "day", unitDisplay: "long" }).format(days);
}
