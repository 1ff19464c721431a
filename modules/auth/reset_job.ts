import { Type } from "@sinclair/typebox";
import type { JobHandler } from "#db";
import { queueMail } from "#mail";
import { languages, log, oneOf, parse, Problem, randomToken } from "#std";
import { asActor, nobody } from "./activity/actor.ts";
import { recordActivity } from "./activity/record.ts";
import type { MailingDeps } from "./deps.ts";
import { insertLink } from "./link_store.ts";
import { accountMail, mailLanguage } from "./notices.ts";
import { type ResetRequest, resetJob } from "./password_reset.ts";
import { isDeactivated, readUserByEmail } from "./user_store.ts";

const Payload = Type.Object({
  email: Type.String({ maxLength: 254 }),
  address: Type.String({ maxLength: 100 }),
  language: oneOf(languages),
});

async function mailReset(
  on: MailingDeps,
  { email, address, language: fallback }: ResetRequest,
): Promise<void> {
  const user = await readUserByEmail(on.sql, email);
  if (!user || (await isDeactivated(on.sql, user.id))) return;
  const token = randomToken();
  // In the fragment, which browsers send to no server and no log.
  const url = `${on.config.appUrl}/reset#token=${token}`;
  const content = accountMail("reset", {
    language: mailLanguage(user.language, fallback),
    email: user.email,
    url,
  });
  await asActor(nobody(address), () =>
    on.sql.begin(async (tx) => {
      await insertLink(tx, { kind: "reset", userId: user.id, token, email: null });
      await queueMail({ ...on, sql: tx }, { kind: "reset", to: user.email, content });
      await recordActivity(tx, { action: "user.password-reset-requested", subject: user });
    }),
  );
}

/** Mails the link of a requested reset if the address has an open account. */
export function accountHandlers(on: MailingDeps): Record<string, JobHandler> {
  return {
    [resetJob]: {
      async run(payload) {
        const asked = parse(Payload, payload);
        if (!asked.ok) throw new Error("Cannot mail a reset: the job's payload is incomplete");
        try {
          await mailReset(on, asked.value);
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          // Past the hourly limit of the address, or mail was switched off: trying again would not help.
          log.warn("Reset not mailed", { code: error.code });
        }
      },
    },
  };
}
