import { readUser, recordActivity } from "#auth";
import { type MailDeps, queueMail } from "#mail";
import { type Language, notFound } from "#std";
import type { AdminDeps } from "./deps.ts";
import { words } from "./words/words.ts";

/** The dependencies of mail about the installation. */
export type AdminMailDeps = Pick<AdminDeps, "sql"> & {
  config: AdminDeps["config"] & MailDeps["config"];
} & Pick<MailDeps, "keyring">;

/** Queues a test mail to this person. Returns its id. Throws 409 `mail-off` and 429 `mail-limit`. */
export async function sendTestMail(
  on: AdminMailDeps,
  { userId, language }: { userId: string; language: Language },
): Promise<string> {
  const text = words[language];
  return await on.sql.begin(async (tx) => {
    const user = await readUser(tx, userId);
    if (!user) throw notFound("member");
    const content = {
      language,
      subject: text["test-mail.subject"],
      paragraphs: [text["test-mail.text"]],
      button: { label: text["test-mail.button"], url: on.config.appUrl },
      footer: text["test-mail.footer"],
    };
    await recordActivity(tx, { action: "mail.tested", subject: { id: userId, name: user.name } });
    return await queueMail({ ...on, sql: tx }, { kind: "test", to: user.email, content });
  });
}
