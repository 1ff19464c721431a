import { enqueueJobs } from "#db";
import type { Language } from "#std";
import { replacePassword } from "./accounts.ts";
import { actAs } from "./activity/actor.ts";
import { recordActivity } from "./activity/record.ts";
import type { AuthDeps, MailingDeps } from "./deps.ts";
import { readLink, takeLink } from "./link_store.ts";
import { pruneBudgets, readWait, resetBudgets, takeTry } from "./login_budget.ts";
import { accountMail, mailLanguage, queueNotice } from "./notices.ts";
import { hashPassword, requireGoodPassword } from "./password.ts";
import { problem } from "./problems.ts";
import { readAccount } from "./user_store.ts";

export const resetJob = "auth.mail-reset";

/** What the job needs of the request. */
export interface ResetRequest {
  email: string;
  /** The client's address. */
  address: string;
  /** Of the reader; the account's own goes first. */
  language: Language;
}

/**
 * Asks for a mail with a link for a new password. The request does not look whether there is an account: a job does, so
 * words and time are the same. Throws 409 `no-mail`, and 429 `reset-limit` counted by the given address and the
 * client's.
 */
export async function requestPasswordReset(
  on: Pick<AuthDeps, "sql" | "clock"> & MailingDeps,
  { email, address, language }: ResetRequest,
): Promise<void> {
  if (on.config.mailServer === null) throw problem("no-mail");
  const account = await readAccount(on.sql, email);
  const budgets = resetBudgets(account, address);
  if (!(await takeTry(on.sql, budgets, on.clock()))) {
    const seconds = Math.max(1, await readWait(on.sql, budgets, on.clock()));
    throw problem("reset-limit", { seconds }, { retryAfterSeconds: seconds });
  }
  await enqueueJobs(on.sql, [{ kind: resetJob, key: account, payload: { email, address, language } }]);
  await pruneBudgets(on.sql, { now: on.clock(), most: 20 });
}

/** The address of the account for which a link sets a password. Throws 410 `reset-over`, the same for every other link. */
export async function previewPasswordReset(
  on: Pick<AuthDeps, "sql">,
  token: string,
): Promise<{ email: string }> {
  const link = await readLink(on.sql, { token, kind: "reset" });
  if (!link) throw problem("reset-over");
  return { email: link.accountEmail };
}

/**
 * Sets the password of a link's account, once, and ends all its sessions and links. Throws 410 `reset-over`, and 422
 * for a weak password, which leaves the link as it is.
 */
export async function completePasswordReset(
  on: MailingDeps,
  { token, password }: { token: string; password: string },
): Promise<{ userId: string; email: string }> {
  // Before the costly hash: afterwards the row decides anyway.
  await previewPasswordReset(on, token);
  requireGoodPassword(password);
  const passwordHash = await hashPassword(password);
  return await on.sql.begin(async (tx) => {
    const link = await takeLink(tx, { token, kind: "reset" });
    if (!link) throw problem("reset-over");
    const { userId, name, accountEmail: email } = link;
    actAs({ id: userId, name });
    await replacePassword(tx, { userId, passwordHash });
    await recordActivity(tx, { action: "user.password-reset", subject: { id: userId, name } });
    const language = mailLanguage(link.language);
    const content = accountMail("password-changed", { language, email, url: `${on.config.appUrl}/forgot` });
    await queueNotice(on, tx, { kind: "password-changed", to: email, content });
    return { userId, email };
  });
}
