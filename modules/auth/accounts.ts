import type { Handle } from "#db";
import { notFound } from "#std";
import { recordActivity } from "./activity/record.ts";
import type { AuthDeps } from "./deps.ts";
import { endLinks } from "./link_store.ts";
import { clearBudgets, openAccount } from "./login_budget.ts";
import { hashPassword, requireGoodPassword } from "./password.ts";
import { endSessionsOf } from "./session_store.ts";
import { accountExists, closeAccount, eraseAccount, reopenAccount } from "./member_store.ts";
import { deleteFactors } from "./second_factor/factor_store.ts";
import { setPassword } from "./user_store.ts";
import { problem } from "./problems.ts";

type AccountDeps = Pick<AuthDeps, "sql">;

/** Throws 404 for an account that does not exist: only then is a change of its state refused in other words. */
async function mustExist(db: Handle, userId: string): Promise<void> {
  if (!(await accountExists(db, userId))) throw notFound("member");
}

/**
 * Closes a person's account and ends their sessions; their history stays, named. Throws 404 without an account, and
 * 409 when it is the last owner's, or closed already.
 */
export async function deactivateUser(on: AccountDeps, userId: string): Promise<void> {
  await on.sql.begin(async (tx) => {
    const user = await closeAccount(tx, userId);
    if (!user) {
      await mustExist(tx, userId);
      throw problem("account-stays");
    }
    await endSessionsOf(tx, { userId, reason: "deactivated" });
    await recordActivity(tx, { action: "user.deactivated", subject: { id: userId, name: user.name } });
  });
}

/** Opens a closed account again, with the roles that it had. Throws 404 without an account, and 409 when it is open. */
export async function reactivateUser(on: AccountDeps, userId: string): Promise<void> {
  await on.sql.begin(async (tx) => {
    const user = await reopenAccount(tx, userId);
    if (!user) {
      await mustExist(tx, userId);
      throw problem("account-active");
    }
    await recordActivity(tx, { action: "user.reactivated", subject: { id: userId, name: user.name } });
  });
}

/**
 * Erases a deactivated account: address, password and roles go, the name stays with messages, notes and campaigns. The
 * caller unassigns the person's conversations before. Throws 404 without an account, and 409 while it is active.
 */
export async function deleteUser(on: AccountDeps, userId: string): Promise<void> {
  await on.sql.begin(async (tx) => {
    const user = await eraseAccount(tx, userId);
    if (!user) {
      await mustExist(tx, userId);
      throw problem("account-in-use");
    }
    await deleteFactors(tx, userId);
    await recordActivity(tx, { action: "user.deleted", subject: { id: userId, name: user.name } });
  });
}

/**
 * Sets a new password, ends the person's sessions, forgets their known devices, and clears failed attempts at the
 * account. For an hour after a random password, guesses from many addresses do not keep the person from logging in on
 * a new device. Throws 422 for a weak password.
 */
export async function resetPassword(
  on: AccountDeps & Pick<AuthDeps, "clock">,
  { userId, password, isRandom = false }: { userId: string; password: string; isRandom?: boolean },
): Promise<void> {
  requireGoodPassword(password);
  const passwordHash = await hashPassword(password);
  await on.sql.begin(async (tx) => {
    const user = await replacePassword(tx, { userId, passwordHash });
    if (!user) return;
    if (isRandom) await openAccount(tx, user.account, on.clock());
    await recordActivity(tx, { action: "user.password-reset", subject: { id: userId, name: user.name } });
  });
}

/**
 * Sets the hash of a new password, ends the person's sessions and open links, and clears failed attempts. Returns null
 * without an account.
 */
export async function replacePassword(
  tx: Handle,
  { userId, passwordHash }: { userId: string; passwordHash: string },
): Promise<{ account: string; name: string } | null> {
  const user = await setPassword(tx, { userId, passwordHash });
  if (!user) return null;
  await clearBudgets(tx, user.account);
  await endLinks(tx, userId);
  await endSessionsOf(tx, { userId, reason: "password-reset" });
  return user;
}
