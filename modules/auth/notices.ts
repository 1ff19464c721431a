import { type MailContent, type NewMail, queueMail } from "#mail";
import { type Language, languages, Problem, wordTemplate } from "#std";
import type { TransactionSql } from "postgres";
import type { MailingDeps } from "./deps.ts";
import { words } from "./words/words.ts";

/** The language of a person's mail: the chosen one if we write it, else the reader's. */
export function mailLanguage(chosen: string | null, fallback: Language = "en"): Language {
  return languages.find((one) => one === chosen) ?? fallback;
}

/** What a mail about an account says: the keys `<name>.subject`, `<name>.text`, `<name>.button` and `<name>.footer`. */
export function accountMail(
  name: "reset" | "password-changed" | "address" | "undo" | "factor-reset",
  { language, url, ...values }: { language: Language; url: string; email: string; other?: string },
): MailContent {
  const text = words[language];
  const word = (part: "subject" | "text" | "button" | "footer") =>
    wordTemplate(text[`${name}.${part}`], { other: "", ...values });
  return {
    language,
    subject: word("subject"),
    paragraphs: word("text").split("\n"),
    button: { label: word("button"), url },
    footer: word("footer"),
  };
}

/** Queues a notice that its change does not depend on: without mail, or past the limit of the address, nothing leaves. */
export async function queueNotice(on: MailingDeps, tx: TransactionSql, mail: NewMail): Promise<void> {
  try {
    await queueMail({ ...on, sql: tx }, mail);
  } catch (error) {
    if (!(error instanceof Problem && ["mail-off", "mail-limit"].includes(error.code))) throw error;
  }
}
