import { Problem } from "#std";
import type { AuthDeps } from "./deps.ts";
import { clearBudgets } from "./login_budget.ts";
import { hashPassword, requireGoodPassword } from "./password.ts";
import { endSessionsOf } from "./session_store.ts";
import { setDeactivated, setPassword } from "./user_store.ts";

type AccountDeps = Pick<AuthDeps, "db">;

/**
 * Closes a person's account and ends their sessions; their history stays, named. Throws 409 when it is the owner's, or
 * closed already.
 */
export async function deactivateUser(on: AccountDeps, userId: string): Promise<void> {
  await on.db.transaction(async (tx) => {
    if (!(await setDeactivated(tx, { userId, isDeactivated: true })))
      throw new Problem(
        "account-stays",
        409,
        "Cannot deactivate this account: it is the owner's, or deactivated already",
      );
    await endSessionsOf(tx, { userId, reason: "deactivated" });
  });
}

/** Opens a closed account again, with the roles that it had. Throws 409 when it is open. */
export async function reactivateUser(on: AccountDeps, userId: string): Promise<void> {
  if (!(await setDeactivated(on.db, { userId, isDeactivated: false })))
    throw new Problem("account-stays", 409, "Cannot reactivate this account: it is not deactivated");
}

/**
 * Gives a person another password, ends their sessions, forgets on which devices they logged in, and lets them try it
 * at once, however many wrong passwords there were. Throws 422 for a weak one.
 */
export async function resetPassword(
  on: AccountDeps,
  { userId, password }: { userId: string; password: string },
): Promise<void> {
  requireGoodPassword(password);
  const passwordHash = await hashPassword(password);
  await on.db.transaction(async (tx) => {
    const account = await setPassword(tx, { userId, passwordHash });
    if (account !== null) await clearBudgets(tx, account);
    await endSessionsOf(tx, { userId, reason: "password-reset" });
  });
}
