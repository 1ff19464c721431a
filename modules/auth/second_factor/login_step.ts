import type { AuthenticationResponseJSON } from "@simplewebauthn/server";
import { actAs, nobody } from "../activity/actor.ts";
import { recordRefusal } from "../activity/record.ts";
import { Problem } from "#std";
import type { AuthDeps } from "../deps.ts";
import { knownDevice } from "../known_device.ts";
import { problem } from "../problems.ts";
import { readAccepted, readPasswordHash, readUser, recordAttempt, type User } from "../user_store.ts";
import {
  issueLoginChallenge,
  type LoginChallenge,
  namedIn,
  openLoginChallenge,
  useChallenge,
} from "./challenge.ts";
import { type CodeDeps, passCode } from "./code_check.ts";
import { hasFactor, readFactors } from "./factor_store.ts";
import { passkeyRequest, provePasskey } from "./passkeys.ts";
import { isRemembered } from "./remembered_devices.ts";

export type LoginMethod = "code" | "passkey" | "recovery-code";

/** A login that goes on with a second factor. */
export interface SecondStep {
  challenge: string;
  expiresAt: string;
  methods: LoginMethod[];
}

type StepDeps = AuthDeps & CodeDeps;

interface From {
  address: string;
  userAgent: string;
}

const refusalsPerMinute = 60;

/** The second step of a login after a right password; null for a person without one, or on a remembered device. */
export async function secondStepOf(
  on: Pick<AuthDeps, "sql" | "clock" | "config">,
  { user, remember, cookie }: { user: User; remember: boolean; cookie: string | null },
): Promise<SecondStep | null> {
  const factors = await readFactors(on.sql, user.id);
  if (!hasFactor(factors) || (await isRemembered(on.sql, { userId: user.id, cookie }))) return null;
  const passwordHash = await readPasswordHash(on.sql, user.id);
  const { challenge, expiresAt } = issueLoginChallenge(on, { userId: user.id, remember, passwordHash });
  return {
    challenge,
    expiresAt: new Date(expiresAt).toISOString(),
    methods: [
      ...(factors.hasTotp ? (["code"] as const) : []),
      ...(factors.passkeys > 0 ? (["passkey"] as const) : []),
      ...(factors.recoveryCodes > 0 ? (["recovery-code"] as const) : []),
    ],
  };
}

interface Opened {
  user: User;
  login: LoginChallenge;
  passwordHash: string;
}

/** The login of a challenge with its person. Throws 401 `login-over`. */
async function openLogin(on: StepDeps, challenge: string): Promise<Opened> {
  const userId = namedIn(challenge);
  const isId = /^[0-9a-f-]{36}$/.test(userId);
  const passwordHash = isId ? await readPasswordHash(on.sql, userId) : "";
  const login = openLoginChallenge(on, challenge, passwordHash);
  const user = login && (await readAccepted(on.sql, { id: userId, passwordHash }));
  if (!login || !user) throw problem("login-over");
  return { user, login, passwordHash };
}

/** Writes the refusal of a second factor into the activity log, then throws it on. */
async function recorded<T>(
  on: StepDeps,
  { user, from }: { user: User; from: From },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Problem)
      await recordRefusal(
        on.sql,
        nobody(from.address),
        { action: "session.refused", subject: user, after: { outcome: error.code } },
        { most: refusalsPerMinute, per: "action" },
      );
    throw error;
  }
}

export interface Finished {
  user: User;
  remember: boolean;
}

/**
 * Finishes a login by a code of the authenticator app, or for recovery. A login works once. Throws 401 `login-over`, 422
 * `code-wrong` and 429 `code-guesses`.
 */
export async function finishByCode(
  on: StepDeps,
  { challenge, code, devices, ...from }: From & { challenge: string; code: string; devices: string | null },
): Promise<Finished> {
  const { user, login, passwordHash } = await openLogin(on, challenge);
  const credentials = { id: user.id, name: user.name, passwordHash, isDeactivated: false };
  const deviceId = knownDevice(on, { devices, credentials });
  await recorded(on, { user, from }, () =>
    passCode(on, { userId: user.id, code, attempt: login.attempt, deviceId }, async (tx) => {
      actAs(user);
      if (!(await useChallenge(tx, challenge))) throw problem("login-over");
    }),
  );
  return { user, remember: login.remember };
}

/** What the browser needs for a passkey: of the person of a login, or of anybody without one. */
export async function startPasskeyLogin(on: StepDeps, challenge: string | null) {
  if (challenge === null) return await passkeyRequest(on, { use: "login", subject: "", userId: null });
  const { user, login } = await openLogin(on, challenge);
  return await passkeyRequest(on, { use: "second-step", subject: login.attempt, userId: user.id });
}

/** Finishes a login by a passkey after the password. Throws 401 `login-over` and 422 `passkey-refused`. */
export async function finishByPasskey(
  on: StepDeps,
  { challenge, credential, ...from }: From & { challenge: string; credential: AuthenticationResponseJSON },
): Promise<Finished> {
  const { user, login } = await openLogin(on, challenge);
  await recorded(on, { user, from }, async () => {
    const answer = { use: "second-step", subject: login.attempt, userId: user.id, credential } as const;
    const passkey = await provePasskey(on, answer);
    await on.sql.begin(async (tx) => {
      await passkey.useUp(tx);
      if (!(await useChallenge(tx, challenge))) throw problem("login-over");
    });
  });
  return { user, remember: login.remember };
}

/** Logs in by a passkey alone, which verified its person. Throws 422 `passkey-refused`. */
export async function logInByPasskey(
  on: StepDeps,
  { credential, ...from }: From & { credential: AuthenticationResponseJSON },
): Promise<User> {
  const passkey = await provePasskey(on, { use: "login", subject: "", userId: null, credential });
  const known = await readUser(on.sql, passkey.userId);
  const hash = await readPasswordHash(on.sql, passkey.userId);
  // Null: the account was closed.
  const user = known && (await readAccepted(on.sql, { id: known.id, passwordHash: hash }));
  if (!user) throw problem("passkey-refused");
  await on.sql.begin(async (tx) => {
    await passkey.useUp(tx);
    await recordAttempt(tx, { email: user.email, userId: user.id, outcome: "success", ...from });
  });
  return user;
}
