import { log, Problem, sha256Hex } from "#std";
import { addressBlock } from "./client_address.ts";
import type { AuthDeps } from "./deps.ts";
import { checkPassword } from "./password.ts";
import {
  acceptLogin,
  countFailure,
  type LoginOutcome,
  readCredentials,
  recordAttempt,
  type User,
} from "./user_store.ts";

export interface Login {
  email: string;
  password: string;
  address: string;
  userAgent: string;
}

const windowSeconds = 15 * 60;
/** Tries from one address, right and wrong: an office shares one. */
const triesPerAddress = 50;
const failuresPerAccount = 5;

const failed = () =>
  new Problem(
    "login-failed",
    401,
    "Cannot log in: the e-mail address or the password is wrong. Check both and try again",
  );

const locked = () =>
  new Problem(
    "account-locked",
    423,
    "Cannot log in: there were 5 failures with this e-mail address. Wait 15 minutes and try again",
  );

type Verdict = { outcome: "success"; user: User } | { outcome: Exclude<LoginOutcome, "success" | "limited"> };

/** Addresses that nobody has get locked as well, so that a lock does not tell that an account exists. */
async function judgeStranger(on: AuthDeps, email: string): Promise<Verdict> {
  const { allowed } = await on.rateLimiter.take({
    key: `login:unknown:${sha256Hex(email.toLowerCase())}`,
    limit: failuresPerAccount,
    windowSeconds,
  });
  return { outcome: allowed ? "wrong" : "locked" };
}

async function judge(on: AuthDeps, { email, password }: Login): Promise<Verdict & { userId: string | null }> {
  const credentials = await readCredentials(on.db, email);
  const fits = await checkPassword(password, credentials?.passwordHash ?? null);
  if (!credentials) return { ...(await judgeStranger(on, email)), userId: null };
  const { id: userId, isDeactivated } = credentials;
  if (!fits || isDeactivated) {
    const counted = await countFailure(on.db, userId);
    if (!counted) return { outcome: "locked", userId };
    return { outcome: fits ? "deactivated" : "wrong", userId };
  }
  const user = await acceptLogin(on.db, userId);
  return user ? { outcome: "success", user, userId } : { outcome: "locked", userId };
}

/**
 * Checks an e-mail address and password. Says the same, after the same time, for an unknown address and a wrong
 * password; each try is recorded. Throws 401, 423 and 429 Problems.
 */
export async function logIn(on: AuthDeps, login: Login): Promise<User> {
  const { email, address, userAgent } = login;
  const rate = await on.rateLimiter.take({
    key: `login:address:${addressBlock(address)}`,
    limit: triesPerAddress,
    windowSeconds,
  });
  if (!rate.allowed) {
    await recordAttempt(on.db, { email, userId: null, outcome: "limited", address, userAgent });
    throw new Problem(
      "too-many-attempts",
      429,
      `Cannot log in: too many tries from your address. Wait ${rate.retryAfterSeconds} seconds and try again`,
      { retryAfterSeconds: rate.retryAfterSeconds },
    );
  }
  const verdict = await judge(on, login);
  const { outcome, userId } = verdict;
  await recordAttempt(on.db, { email, userId, outcome, address, userAgent });
  if (verdict.outcome === "success") return verdict.user;
  log.warn("Login refused", { outcome, userId, address });
  throw verdict.outcome === "locked" ? locked() : failed();
}
