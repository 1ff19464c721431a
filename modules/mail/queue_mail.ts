import { enqueueJobs, type Handle } from "#db";
import { type Keyring, seal, unseal } from "#std";
import type { MailDeps } from "./deps.ts";
import { boundContent, type MailContent } from "./mail_content.ts";
import { insertMail, readSealedByOthers, replaceSealed } from "./mail_store.ts";
import { problem } from "./problems.ts";

export const mailJob = "mail.send";

/** Mails to one address in an hour, of all kinds. */
export const mostPerHour = 10;

export const sealContext = (id: string) => `mail:${id}`;

export interface NewMail {
  /** For instance `invitation`; shown in lists and logs. */
  kind: string;
  to: string;
  content: MailContent;
  /** Refused when its address already got this many of any kind in this hour, so that others still fit. */
  most?: number;
}

/**
 * Writes a mail and its job in the caller's transaction: it leaves exactly when the change commits. Returns its id.
 * Throws 409 `mail-off` without a mail server and 429 `mail-limit` for an address that got too many in this hour.
 */
export async function queueMail(
  on: MailDeps,
  { kind, to, content, most = mostPerHour }: NewMail,
): Promise<string> {
  if (on.config.mailServer === null) throw problem("mail-off");
  const id = Bun.randomUUIDv7();
  const contentSealed = seal(on.keyring, JSON.stringify(boundContent(content)), sealContext(id));
  if (!(await insertMail(on.sql, { id, kind, address: to, contentSealed, most })))
    throw problem("mail-limit", { address: to, most }, { retryAfterSeconds: 3_600 });
  await enqueueJobs(on.sql, [{ kind: mailJob, key: id, payload: { mailId: id } }]);
  return id;
}

/** Seals waiting mails with the first key of the ring. Returns their number. */
export async function resealMails({ sql }: { sql: Handle }, keyring: Keyring): Promise<number> {
  const waiting = await readSealedByOthers(sql, keyring.keys[0]?.id ?? "");
  for (const { id, contentSealed } of waiting) {
    const after = seal(keyring, unseal(keyring, contentSealed, sealContext(id)), sealContext(id));
    await replaceSealed(sql, { id, before: contentSealed, after });
  }
  return waiting.length;
}
