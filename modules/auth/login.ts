import { log, type Problem } from "#std";
import { nobody } from "./activity/actor.ts";
import { recordRefusal } from "./activity/record.ts";
import type { AuthDeps } from "./deps.ts";
import { knownDevice } from "./known_device.ts";
import {
  type Budget,
  deviceBudgets,
  pruneBudgets,
  readWait,
  returnTry,
  strangerBudgets,
  takeTry,
} from "./login_budget.ts";
import { checkPassword } from "./password.ts";
import { passPasswordGate } from "./password_gate.ts";
import {
  type Credentials,
  type LoginOutcome,
  readAccepted,
  readCredentials,
  recordAttempt,
  type User,
} from "./user_store.ts";
import { problem } from "./problems.ts";

export interface Login {
  email: string;
  password: string;
  address: string;
  userAgent: string;
  /** The cookie with the users for whom this device is known. */
  devices: string | null;
}

/** How many refusals are recorded in a minute: strangers can ask for any number. */
const refusalsPerMinute = 60;

const failed = () => problem("login-failed");

function limited(retryAfterSeconds: number, isKnown: boolean): Problem {
  return problem(
    isKnown ? "too-many-attempts-here" : "too-many-attempts",
    { seconds: retryAfterSeconds },
    { retryAfterSeconds },
  );
}

type Verdict =
  | { outcome: "success"; user: User }
  | { outcome: "wrong" | "deactivated" }
  | { outcome: "limited"; retryAfterSeconds: number };

/** Counts the attempt before the password check, and returns it after a correct password. */
async function judge(
  on: AuthDeps,
  {
    password,
    credentials,
    budgets,
  }: { password: string; credentials: Credentials | null; budgets: Budget[] },
): Promise<Verdict> {
  const now = on.clock();
  if (!(await takeTry(on.sql, budgets, now))) {
    const retryAfterSeconds = Math.max(1, await readWait(on.sql, budgets, now));
    return { outcome: "limited", retryAfterSeconds };
  }
  const fits = await checkPassword(password, credentials?.passwordHash ?? null, on.config.passwordCost);
  if (!fits || !credentials) return { outcome: "wrong" };
  if (credentials.isDeactivated) return { outcome: "deactivated" };
  const user = await readAccepted(on.sql, credentials);
  if (!user) return { outcome: "wrong" };
  await returnTry(on.sql, budgets);
  return { outcome: "success", user };
}

type Seen = { outcome: LoginOutcome; userId: string | null };

async function record(
  on: AuthDeps,
  { email, address, userAgent }: Login,
  { userName, ...seen }: Seen & { userName: string | null },
): Promise<void> {
  if (seen.outcome === "limited") {
    const rule = { key: "login:refusals", limit: refusalsPerMinute, windowSeconds: 60 };
    if (!(await on.rateLimiter.take(rule)).allowed) return;
  }
  await recordAttempt(on.sql, { email, address, userAgent, ...seen });
  if (seen.outcome === "success") return;
  log.warn("Login refused", { ...seen, address });
  // Without the given address: strangers choose it, and this log cannot be corrected.
  await recordRefusal(
    on.sql,
    nobody(address),
    {
      action: "session.refused",
      subject: { id: seen.userId, name: userName },
      after: { outcome: seen.outcome },
    },
    { most: refusalsPerMinute, per: "action" },
  );
}

/**
 * Checks an e-mail address and password. Attempts are counted by the caller's input, never by database contents: a
 * missing account responds like any other, after the same time. Throws 401, 429 and 503 Problems.
 */
export async function logIn(on: AuthDeps, login: Login): Promise<User> {
  const { email, password, address, devices } = login;
  const { credentials, ...named } = await readCredentials(on.sql, { email, now: on.clock() });
  const deviceId = knownDevice(on, { devices, credentials });
  const budgets =
    deviceId === null ? strangerBudgets(named, address) : deviceBudgets(named.account, deviceId);

  // Before the queue: a caller who must wait costs one read and delays nobody else.
  const retryAfterSeconds = await readWait(on.sql, budgets, on.clock());
  const verdict: Verdict =
    retryAfterSeconds > 0
      ? { outcome: "limited", retryAfterSeconds }
      : await passPasswordGate(deviceId !== null, () => judge(on, { password, credentials, budgets }));

  await record(on, login, {
    outcome: verdict.outcome,
    userId: credentials?.id ?? null,
    userName: credentials?.name ?? null,
  });
  if (verdict.outcome === "limited") throw limited(verdict.retryAfterSeconds, deviceId !== null);
  await pruneBudgets(on.sql, { now: on.clock(), most: 20 });
  if (verdict.outcome === "success") return verdict.user;
  throw failed();
}
