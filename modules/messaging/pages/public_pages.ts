import { type Language, publicPage, wordTemplate } from "#std";
import { words } from "./words/words.ts";

/** The operator of this installation. */
export interface Operator {
  name: string | null;
  email: string | null;
}

export interface PrivacyFacts {
  host: string;
  operator: Operator;
  /** How long a backup still has what was deleted; null without backups. */
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

/** The answer to "was it deleted?", which Meta shows to the person who asked. */
export function deletionPage(
  deletion: { doneOn: string; pages: number } | null,
  language: Language,
): Response {
  const say = speak(language);
  if (deletion === null)
    return publicPage({
      language,
      title: say("deletion.missing"),
      body: `<p>${say("deletion.missing.why")}</p>`,
      status: 404,
    });
  const date = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" });
  const values = {
    date: date.format(new Date(deletion.doneOn)),
    pages: new Intl.NumberFormat(language).format(deletion.pages),
  };
  return publicPage({
    language,
    title: say("deletion.done"),
    body: `<p>${say("deletion.done.what", values)}</p>`,
  });
}

/** "30 days", with the plural of the language. */
function daysIn(language: Language, days: number): string {
  return new Intl.NumberFormat(language, { style: "unit", unit: "day", unitDisplay: "long" }).format(days);
}
