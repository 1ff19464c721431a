import { notFound } from "#std";
import { recordActivity } from "../activity/record.ts";
import type { AuthDeps, MailingDeps } from "../deps.ts";
import { accountMail, mailLanguage, queueNotice } from "../notices.ts";
import { problem } from "../problems.ts";
import { endSessionsOf } from "../session_store.ts";
import { readUser } from "../user_store.ts";
import {
  deleteFactors,
  hasFactor,
  holdFactors,
  readFactors,
  readRequirement,
  writeRequirement,
} from "./factor_store.ts";

/** The rules of the installation for all accounts. */
export interface AccountRules {
  needsSecondFactor: boolean;
}

export async function readAccountRules(on: Pick<AuthDeps, "sql">): Promise<AccountRules> {
  return { needsSecondFactor: await readRequirement(on.sql) };
}

/**
 * Changes the rules. Throws 409 `second-factor-first` when the caller has none: the owner would be the first to be kept
 * out.
 */
export async function changeAccountRules(
  on: Pick<AuthDeps, "sql">,
  { userId, needsSecondFactor }: AccountRules & { userId: string },
): Promise<AccountRules> {
  return await on.sql.begin(async (tx) => {
    await holdFactors(tx, userId);
    if (needsSecondFactor && !hasFactor(await readFactors(tx, userId))) throw problem("second-factor-first");
    const before = { needsSecondFactor: await readRequirement(tx) };
    await writeRequirement(tx, needsSecondFactor);
    await recordActivity(tx, { action: "account-rules.changed", before, after: { needsSecondFactor } });
    return { needsSecondFactor };
  });
}

/**
 * Removes all second factors of a person, ends their sessions, and tells them by mail. Throws 404 without the account and
 * 409 `second-factor-none`.
 */
export async function resetSecondFactor(on: MailingDeps, userId: string): Promise<void> {
  await on.sql.begin(async (tx) => {
    const person = await holdFactors(tx, userId);
    const user = person && (await readUser(tx, userId));
    if (!user) throw notFound("member");
    if (!(await deleteFactors(tx, userId))) throw problem("second-factor-none");
    await endSessionsOf(tx, { userId, reason: "factor-changed" });
    await recordActivity(tx, { action: "user.second-factor-reset", subject: user });
    const language = mailLanguage(user.language);
    const content = accountMail("factor-reset", {
      language,
      email: user.email,
      url: `${on.config.appUrl}/login`,
    });
    await queueNotice(on, tx, { kind: "second-factor-reset", to: user.email, content });
  });
}
