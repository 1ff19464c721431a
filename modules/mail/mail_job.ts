import type { JobHandler } from "#db";
import { Type } from "@sinclair/typebox";
import { log, parse, redact, storable, unseal, Uuid } from "#std";
import type { MailDeps } from "./deps.ts";
import { readContent } from "./mail_content.ts";
import { markFailed, readUnsent, settleMail } from "./mail_store.ts";
import { mailJob, sealContext } from "./queue_mail.ts";
import { MailRefused, sendMail } from "./transport.ts";

const MailPayload = Type.Object({ mailId: Uuid });

async function deliver(on: MailDeps, id: string): Promise<void> {
  const mail = await readUnsent(on.sql, id);
  // An earlier attempt settled it.
  if (!mail) return;
  const { mailServer } = on.config;
  if (mailServer === null) throw new Error("Cannot send mail: SMTP_HOST is not set in this process");
  const content = readContent(unseal(on.keyring, mail.contentSealed, sealContext(id)));
  try {
    await sendMail(mailServer, { id, to: mail.address, content });
  } catch (error) {
    if (!(error instanceof MailRefused)) throw error;
    log.warn("Mail refused", { mailId: id, kind: mail.kind });
    return await settleMail(on.sql, { id, failure: wordsOf(error) });
  }
  await settleMail(on.sql, { id, failure: null });
  log.info("Mail sent", { mailId: id, kind: mail.kind });
}

const wordsOf = (error: unknown) =>
  storable(redact(error instanceof Error ? error.message : String(error)), 300);

/** Sends queued mail, each in a job with retries over two hours. */
export function mailHandlers(on: MailDeps): Record<string, JobHandler> {
  return {
    [mailJob]: {
      run: (_, id) => deliver(on, id),
      givenUp: async (payload, failure) => {
        const asked = parse(MailPayload, payload);
        if (asked.ok) await markFailed(on.sql, { id: asked.value.mailId, failure: wordsOf(failure) });
      },
    },
  };
}
