import type { AuthenticationResponseJSON } from "@simplewebauthn/server";
import type { Handle } from "#db";
import { recordActivity } from "../activity/record.ts";
import type { AuthDeps } from "../deps.ts";
import { confirmPassword } from "../my_account.ts";
import { problem } from "../problems.ts";
import { type CodeDeps, passCode } from "./code_check.ts";
import { hasFactor, readFactors } from "./factor_store.ts";
import { passkeyRequest, provePasskey } from "./passkeys.ts";
import type { Self } from "./totp.ts";

type ConfirmDeps = AuthDeps & CodeDeps;

export type ConfirmMethod = "password" | "code" | "passkey";

/** How a person proves that it is them: by a second factor if they have one, else by their password. */
export async function confirmMethods(on: Pick<AuthDeps, "sql">, userId: string): Promise<ConfirmMethod[]> {
  const { hasTotp, passkeys, recoveryCodes } = await readFactors(on.sql, userId);
  const isCode = hasTotp || (passkeys > 0 && recoveryCodes > 0);
  const methods: ConfirmMethod[] = [
    ...(passkeys > 0 ? (["passkey"] as const) : []),
    ...(isCode ? (["code"] as const) : []),
  ];
  return methods.length > 0 ? methods : ["password"];
}

async function markConfirmed(tx: Handle, { userId, sessionId }: Self, by: ConfirmMethod): Promise<void> {
  await tx`update auth.sessions set proved_at = now() where id = ${sessionId} and user_id = ${userId}`;
  await recordActivity(tx, { action: "session.confirmed", subject: { id: sessionId }, after: { kind: by } });
}

/** Confirms by a code of the authenticator app, or for recovery. Throws 422 `code-wrong` and 429 `code-guesses`. */
export async function confirmByCode(on: ConfirmDeps, self: Self, code: string): Promise<void> {
  const { userId, sessionId } = self;
  await passCode(on, { userId, code, attempt: sessionId, deviceId: `session:${sessionId}` }, (tx) =>
    markConfirmed(tx, self, "code"),
  );
}

/**
 * Confirms by the password. It counts as a guess at the own password. Throws 409 `confirm-by-factor` for a person with a
 * second factor, 422 `password-wrong` and 429 `password-guesses`.
 */
export async function confirmByPassword(on: ConfirmDeps, self: Self, password: string): Promise<void> {
  const { userId } = self;
  if (hasFactor(await readFactors(on.sql, userId))) throw problem("confirm-by-factor");
  await confirmPassword(on, { userId, password });
  await on.sql.begin((tx) => markConfirmed(tx, self, "password"));
}

/** What the browser needs to confirm by a passkey. */
export function startPasskeyConfirmation(on: ConfirmDeps, { userId, sessionId }: Self) {
  return passkeyRequest(on, { use: "confirm", subject: sessionId, userId });
}

/** Confirms by a passkey. Throws 422 `passkey-refused`. */
export async function confirmByPasskey(
  on: ConfirmDeps,
  self: Self,
  credential: AuthenticationResponseJSON,
): Promise<void> {
  const { userId, sessionId } = self;
  const passkey = await provePasskey(on, { use: "confirm", subject: sessionId, userId, credential });
  await on.sql.begin(async (tx) => {
    await passkey.useUp(tx);
    await markConfirmed(tx, self, "passkey");
  });
}
