import { changesOf } from "./activity/changes.ts";
import { recordActivity } from "./activity/record.ts";
import { fieldError, isZone, notFound, unknownZone } from "#std";
import { deviceBudgets, clearBudgets, readWait, returnTry, takeTry } from "./login_budget.ts";
import type { AuthDeps, MailingDeps } from "./deps.ts";
import { checkPassword, hashPassword, requireGoodPassword } from "./password.ts";
import { passPasswordGate } from "./password_gate.ts";
import type { Principal } from "./principal.ts";
import { problem, say } from "./problems.ts";
import { describeDevice } from "./device.ts";
import { endLinks } from "./link_store.ts";
import { accountMail, mailLanguage, queueNotice } from "./notices.ts";
import { endSessionOf, endSessionsOf, listSessionsOf } from "./session_store.ts";
import {
  accountOfUser,
  type OwnSettings,
  readPasswordHash,
  readUser,
  setPassword,
  updateUser,
  type User,
} from "./user_store.ts";

/** Changes the caller's name, language or time zone. Throws 422 for an unknown zone. */
export async function changeOwnSettings(
  on: Pick<AuthDeps, "sql">,
  userId: string,
  change: OwnSettings,
): Promise<User> {
  const { timeZone } = change;
  if (timeZone && !isZone(timeZone)) throw unknownZone(timeZone);
  const name = change.name?.trim();
  return await on.sql.begin(async (tx) => {
    const before = await readUser(tx, userId);
    const user = await updateUser(tx, userId, { ...change, ...(name !== undefined && { name }) });
    if (!before || !user) throw problem("unauthenticated");
    await recordActivity(tx, {
      action: "user.changed",
      subject: user,
      ...changesOf({ ...before }, { ...user }),
    });
    return user;
  });
}

/**
 * Changes the caller's password and ends their other sessions. Wrong current passwords have a budget of their own, so
 * a stolen session cannot guess, and cannot keep its person from logging in. Throws 422 for a wrong or weak password,
 * 429 after five wrong ones, and 409 if another password was set meanwhile.
 */
export async function changeOwnPassword(
  on: AuthDeps & MailingDeps,
  { userId, sessionId }: Pick<Principal, "userId" | "sessionId">,
  { currentPassword, newPassword }: { currentPassword: string; newPassword: string },
): Promise<void> {
  const { account, formerHash } = await confirmPassword(on, { userId, password: currentPassword });
  requireGoodPassword(newPassword, "/newPassword");
  const passwordHash = await hashPassword(newPassword);
  await on.sql.begin(async (tx) => {
    if ((await setPassword(tx, { userId, passwordHash, formerHash })) === null)
      throw problem("password-changed");
    await clearBudgets(tx, account);
    await endLinks(tx, userId);
    await endSessionsOf(tx, { userId, reason: "password-changed", except: sessionId });
    await recordActivity(tx, { action: "user.password-changed", subject: { id: userId } });
    const user = await readUser(tx, userId);
    if (!user) throw problem("unauthenticated");
    const language = mailLanguage(user.language);
    const content = accountMail("password-changed", {
      language,
      email: user.email,
      url: `${on.config.appUrl}/forgot`,
    });
    await queueNotice(on, tx, { kind: "password-changed", to: user.email, content });
  });
}

/**
 * Checks the caller's current password before a change of the account, by a budget of its own. Throws 422
 * `password-wrong` and 429 `password-guesses`.
 */
export async function confirmPassword(
  on: AuthDeps,
  { userId, password }: { userId: string; password: string },
): Promise<{ account: string; formerHash: string }> {
  const account = await accountOfUser(on.sql, userId);
  const budgets = deviceBudgets(account, "own-password");
  const formerHash = await passPasswordGate(true, async () => {
    if (!(await takeTry(on.sql, budgets, on.clock()))) {
      const seconds = Math.max(1, await readWait(on.sql, budgets, on.clock()));
      throw problem("password-guesses", { seconds }, { retryAfterSeconds: seconds });
    }
    const hash = await readPasswordHash(on.sql, userId);
    if (!(await checkPassword(password, hash, on.config.passwordCost)))
      throw problem(
        "password-wrong",
        {},
        { errors: [fieldError("/currentPassword", say("password-is-wrong"))] },
      );
    await returnTry(on.sql, budgets);
    return hash;
  });
  return { account, formerHash };
}

export interface OwnSession {
  id: string;
  /** For instance "Firefox"; null if the client did not say. */
  browser: string | null;
  /** For instance "Windows"; null if the client did not say. */
  system: string | null;
  address: string;
  startedAt: string;
  lastSeenAt: string;
  expiresAt: string;
  isCurrent: boolean;
}

/** The sessions of a person, the last used first; `sessionId` is the caller's. */
export async function listSessions(
  on: Pick<AuthDeps, "sql">,
  { userId, sessionId }: { userId: string; sessionId: string | null },
): Promise<OwnSession[]> {
  const rows = await listSessionsOf(on.sql, userId);
  return rows.map(({ userAgent, createdAt, lastSeenAt, expiresAt, ...row }) => ({
    ...row,
    ...describeDevice(userAgent),
    startedAt: createdAt.toISOString(),
    lastSeenAt: lastSeenAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    isCurrent: row.id === sessionId,
  }));
}

/** Ends one session at once, on all processes. Throws 404 if the person has no such session. */
export async function endOneSession(
  on: Pick<AuthDeps, "sql">,
  session: { userId: string; sessionId: string },
): Promise<void> {
  await on.sql.begin(async (tx) => {
    if (!(await endSessionOf(tx, session))) throw notFound("session");
    await recordActivity(tx, { action: "session.ended", subject: { id: session.sessionId } });
  });
}

/** Ends a person's sessions at once, on all processes, but not `except`. Returns how many there were. */
export async function endAllSessions(
  on: Pick<AuthDeps, "sql">,
  { userId, except }: { userId: string; except?: string },
): Promise<number> {
  return await on.sql.begin(async (tx) => {
    const count = await endSessionsOf(tx, {
      userId,
      reason: "ended",
      ...(except !== undefined && { except }),
    });
    await recordActivity(tx, { action: "session.others-ended", subject: { id: userId }, after: { count } });
    return count;
  });
}
