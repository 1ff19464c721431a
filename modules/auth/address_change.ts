import { queueMail } from "#mail";
import { randomToken } from "#std";
import type { TransactionSql } from "postgres";
import { replacePassword } from "./accounts.ts";
import { actAs } from "./activity/actor.ts";
import { recordActivity } from "./activity/record.ts";
import type { AuthDeps, MailingDeps } from "./deps.ts";
import { requireEmail } from "./email.ts";
import {
  endAddressLinks,
  endLaterUndos,
  endLinks,
  insertLink,
  readLink,
  readPendingAddress,
  takeLink,
} from "./link_store.ts";
import { addressBudgets, readWait, takeTry } from "./login_budget.ts";
import { confirmPassword } from "./my_account.ts";
import { accountMail, mailLanguage, queueNotice } from "./notices.ts";
import { hashPassword, requireGoodPassword } from "./password.ts";
import { problem } from "./problems.ts";
import { readUser, readUserByEmail, setEmail } from "./user_store.ts";

export interface PendingAddress {
  email: string;
  expiresAt: string;
}

/** The new address that waits for its confirmation; null: none does. */
export async function pendingAddress(
  on: Pick<AuthDeps, "sql">,
  userId: string,
): Promise<PendingAddress | null> {
  const pending = await readPendingAddress(on.sql, userId);
  return pending && { email: pending.email, expiresAt: pending.expiresAt.toISOString() };
}

/**
 * Mails a link to the caller's new address, which the account gets when its reader confirms. A former link ends. Throws
 * 409 `no-mail` and `email-in-use`, 422 for a wrong password, and 429.
 */
export async function requestAddressChange(
  on: AuthDeps & MailingDeps,
  { userId, email: given, password }: { userId: string; email: string; password: string },
): Promise<PendingAddress> {
  if (on.config.mailServer === null) throw problem("no-mail");
  const email = given.trim();
  requireEmail(email);
  const { account } = await confirmPassword(on, { userId, password });
  const budgets = addressBudgets(account);
  if (!(await takeTry(on.sql, budgets, on.clock()))) {
    const seconds = Math.max(1, await readWait(on.sql, budgets, on.clock()));
    throw problem("reset-limit", { seconds }, { retryAfterSeconds: seconds });
  }
  const token = randomToken();
  await on.sql.begin(async (tx) => {
    const user = await readUser(tx, userId);
    if (!user) throw problem("unauthenticated");
    if (await readUserByEmail(tx, email)) throw problem("email-in-use", { email });
    await endAddressLinks(tx, userId);
    await insertLink(tx, { kind: "address", userId, token, email });
    const url = `${on.config.appUrl}/address#token=${token}`;
    const language = mailLanguage(user.language);
    const content = accountMail("address", { language, url, email: user.email, other: email });
    await queueMail({ ...on, sql: tx }, { kind: "address", to: email, content });
    await recordActivity(tx, { action: "user.address-requested", subject: user, after: { email } });
  });
  const pending = await pendingAddress(on, userId);
  if (!pending) throw problem("address-over");
  return pending;
}

/** What the page of a link shows. Throws 410 `address-over`, the same for every link that cannot be used. */
export async function previewAddress(
  on: Pick<AuthDeps, "sql">,
  { token, kind }: { token: string; kind: "address" | "undo" },
): Promise<{ email: string; accountEmail: string }> {
  const link = await readLink(on.sql, { token, kind });
  if (!link || link.email === null) throw problem("address-over");
  return { email: link.email, accountEmail: link.accountEmail };
}

async function giveAddress(tx: TransactionSql, { userId, email }: { userId: string; email: string }) {
  if (!(await setEmail(tx, { userId, email }))) throw problem("email-in-use", { email });
}

/**
 * Gives the account of a link its new address, once. The former one gets a link that undoes it for seven days. Throws
 * 410 `address-over`, and 409 `email-in-use` if another account got the address meanwhile.
 */
export async function confirmAddress(on: MailingDeps, token: string): Promise<{ email: string }> {
  return await on.sql.begin(async (tx) => {
    const link = await takeLink(tx, { token, kind: "address" });
    if (!link || link.email === null) throw problem("address-over");
    const { userId, name, email, accountEmail: former } = link;
    actAs({ id: userId, name });
    await giveAddress(tx, { userId, email });
    // A link in the former mailbox opens this account no more, except for the one below.
    await endLinks(tx, userId);
    const undo = randomToken();
    await insertLink(tx, { kind: "undo", userId, token: undo, email: former });
    const url = `${on.config.appUrl}/address#undo=${undo}`;
    const content = accountMail("undo", {
      language: mailLanguage(link.language),
      url,
      email: former,
      other: email,
    });
    await queueNotice(on, tx, { kind: "undo", to: former, content });
    await recordActivity(tx, {
      action: "user.address-changed",
      subject: { id: userId, name },
      before: { email: former },
      after: { email },
    });
    return { email };
  });
}

/**
 * Takes an account back with the link in its former mailbox: the address returns, a new password is set, and all
 * sessions and later links end. Throws 410 `address-over`, 409 `email-in-use`, and 422 for a weak password.
 */
export async function undoAddress(
  on: MailingDeps,
  { token, password }: { token: string; password: string },
): Promise<{ userId: string; email: string }> {
  // Before the costly hash: afterwards the row decides anyway.
  await previewAddress(on, { token, kind: "undo" });
  requireGoodPassword(password);
  const passwordHash = await hashPassword(password);
  return await on.sql.begin(async (tx) => {
    const link = await takeLink(tx, { token, kind: "undo" });
    if (!link || link.email === null) throw problem("address-over");
    const { userId, name, email, accountEmail: former } = link;
    actAs({ id: userId, name });
    await giveAddress(tx, { userId, email });
    await replacePassword(tx, { userId, passwordHash });
    await endLaterUndos(tx, { userId, createdAt: link.createdAt });
    await recordActivity(tx, {
      action: "user.address-restored",
      subject: { id: userId, name },
      before: { email: former },
      after: { email },
    });
    return { userId, email };
  });
}
