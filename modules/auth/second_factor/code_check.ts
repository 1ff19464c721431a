import type { TransactionSql } from "postgres";
import type { Keyring } from "#std";
import { recordActivity } from "../activity/record.ts";
import type { AuthDeps } from "../deps.ts";
import { type Budget, readWait, returnTry, takeTry } from "../login_budget.ts";
import { problem } from "../problems.ts";
import { accountOfUser } from "../user_store.ts";
import { plainCode, useRecoveryCode } from "./recovery_codes.ts";
import { useTotp } from "./totp.ts";

export type CodeDeps = Pick<AuthDeps, "sql" | "clock"> & { keyring: Keyring };

const everyMs = 10 * 60 * 1_000;

/**
 * The tries that a code needs, all at once. Only callers with the password, or with a session, get to them. A device on
 * which the person logged in before has its own, which others cannot use up. With 3 of a million codes right at a time,
 * 5 and then 6 an hour guess one in about six years.
 */
async function budgetsOf(
  on: CodeDeps,
  { userId, attempt, deviceId }: { userId: string; attempt: string; deviceId: string | null },
): Promise<Budget[]> {
  const account = await accountOfUser(on.sql, userId);
  const place = deviceId === null ? "factor" : `factor:${deviceId}`;
  return [place, `factor-attempt:${attempt}`].map((source) => ({ account, source, most: 5, everyMs }));
}

export interface CodeQuestion {
  userId: string;
  /** Of an authenticator app, or for recovery. */
  code: string;
  /** Of the login, or the id of the session. */
  attempt: string;
  /** Of a known device; null for others. */
  deviceId: string | null;
}

/**
 * Uses a code up, with what follows from it in the same transaction. Throws 422 `code-wrong` and 429 `code-guesses`.
 */
export async function passCode(
  on: CodeDeps,
  { userId, code, attempt, deviceId }: CodeQuestion,
  then: (tx: TransactionSql) => Promise<void>,
): Promise<void> {
  const budgets = await budgetsOf(on, { userId, attempt, deviceId });
  if (!(await takeTry(on.sql, budgets, on.clock()))) {
    const seconds = Math.max(1, await readWait(on.sql, budgets, on.clock()));
    throw problem("code-guesses", { seconds }, { retryAfterSeconds: seconds });
  }
  const plain = plainCode(code);
  await on.sql.begin(async (tx) => {
    if (await useTotp(tx, { keyring: on.keyring, userId, code: plain, now: on.clock() }))
      return await then(tx);
    if (!(await useRecoveryCode(tx, userId, plain))) throw problem("code-wrong");
    await then(tx);
    await recordActivity(tx, { action: "user.recovery-code-used", subject: { id: userId } });
  });
  await returnTry(on.sql, budgets);
}
