import { recordActivity } from "./activity/record.ts";
import type { AuthDeps } from "./deps.ts";
import { clearBudgets, openAccount } from "./login_budget.ts";
import { hashPassword, requireGoodPassword } from "./password.ts";
import { endSessionsOf } from "./session_store.ts";
import { setDeactivated, setPassword } from "./user_store.ts";
import { problem } from "./problems.ts";

type AccountDeps = Pick<AuthDeps, "sql">;

/**
 * Closes a person's account and ends their sessions; their history stays, named. Throws 409 when it is the owner's, or
 * closed already.
 */
export async function deactivateUser(on: AccountDeps, userId: string): Promise<void> {
  await on.sql.begin(async (tx) => {
    const user = await setDeactivated(tx, { userId, isDeactivated: true });
    if (!user) throw problem("account-stays");
    await endSessionsOf(tx, { userId, reason: "deactivated" });
    await recordActivity(tx, { action: "user.deactivated", subject: { id: userId, name: user.name } });
  });
}

/** Opens a closed account again, with the roles that it had. Throws 409 when it is open. */
export async function reactivateUser(on: AccountDeps, userId: string): Promise<void> {
  await on.sql.begin(async (tx) => {
    const user = await setDeactivated(tx, { userId, isDeactivated: false });
    if (!user) throw problem("account-active");
    await recordActivity(tx, { action: "user.reactivated", subject: { id: userId, name: user.name } });
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
    const user = await setPassword(tx, { userId, passwordHash });
    if (user) await clearBudgets(tx, user.account);
    if (user && isRandom) await openAccount(tx, user.account, on.clock());
    await endSessionsOf(tx, { userId, reason: "password-reset" });
    if (user)
      await recordActivity(tx, { action: "user.password-reset", subject: { id: userId, name: user.name } });
  });
}
