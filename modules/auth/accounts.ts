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
    if (!(await setDeactivated(tx, { userId, isDeactivated: true }))) throw problem("account-stays");
    await endSessionsOf(tx, { userId, reason: "deactivated" });
  });
}

/** Opens a closed account again, with the roles that it had. Throws 409 when it is open. */
export async function reactivateUser(on: AccountDeps, userId: string): Promise<void> {
  if (!(await setDeactivated(on.sql, { userId, isDeactivated: false }))) throw problem("account-active");
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
    const account = await setPassword(tx, { userId, passwordHash });
    if (account !== null) await clearBudgets(tx, account);
    if (account !== null && isRandom) await openAccount(tx, account, on.clock());
    await endSessionsOf(tx, { userId, reason: "password-reset" });
  });
}
