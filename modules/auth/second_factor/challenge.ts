import { createHmac, randomBytes } from "node:crypto";
import type { Handle } from "#db";
import { constantTimeEqual, deriveKey, randomToken, sha256Hex } from "#std";
import type { AuthDeps } from "../deps.ts";

export type ChallengeDeps = Pick<AuthDeps, "clock"> & { config: Pick<AuthDeps["config"], "jwtSecret"> };

const lifeSeconds = 5 * 60;

function mac(
  { config }: ChallengeDeps,
  purpose: string,
  parts: readonly (string | number | boolean)[],
): string {
  return createHmac("sha256", deriveKey(config.jwtSecret, purpose))
    .update(JSON.stringify(parts))
    .digest("base64url");
}

const secondsOf = (on: ChallengeDeps) => Math.floor(on.clock() / 1_000);

/** A login whose password was right and whose second factor is missing. */
export interface LoginChallenge {
  userId: string;
  /** Whether the session shall last 30 days. */
  remember: boolean;
  /** Of this login; its tries are counted by it, and it works once. */
  attempt: string;
  expiresAt: number;
}

/** Signs a challenge. A new password of the person ends it: the hash is a part of the signature. */
export function issueLoginChallenge(
  on: ChallengeDeps,
  { userId, remember, passwordHash }: { userId: string; remember: boolean; passwordHash: string },
): { challenge: string; expiresAt: number } {
  const attempt = randomToken(16);
  const until = secondsOf(on) + lifeSeconds;
  const signature = mac(on, "login challenge", [userId, remember, attempt, until, passwordHash]);
  const challenge = [userId, remember ? "long" : "short", attempt, until, signature].join(".");
  return { challenge, expiresAt: until * 1_000 };
}

/** The person that a challenge names. Proves nothing: `openLoginChallenge` does. */
export const namedIn = (challenge: string): string => challenge.split(".")[0] ?? "";

/** The login of a challenge; null when we did not sign it, its time is over, or the password is another now. */
export function openLoginChallenge(
  on: ChallengeDeps,
  challenge: string,
  passwordHash: string,
): LoginChallenge | null {
  const [userId = "", length, attempt = "", until = "", signature = ""] = challenge.split(".");
  const remember = length === "long";
  const signed = mac(on, "login challenge", [userId, remember, attempt, Number(until), passwordHash]);
  if (!constantTimeEqual(signature, signed) || Number(until) <= secondsOf(on)) return null;
  return { userId, remember, attempt, expiresAt: Number(until) * 1_000 };
}

/** The use of a passkey: signatures for one are none for another. */
export type PasskeyUse = "add" | "login" | "second-step" | "confirm";

const randomSize = 16;
const headSize = randomSize + 4;

/**
 * The challenge of a passkey: random bytes, its end and a signature over both, the use and its subject, so that nothing
 * is stored before it is answered.
 */
export function issuePasskeyChallenge(
  on: ChallengeDeps,
  use: PasskeyUse,
  subject: string,
): Uint8Array<ArrayBuffer> {
  const head = Buffer.alloc(headSize);
  randomBytes(randomSize).copy(head);
  head.writeUInt32BE(secondsOf(on) + lifeSeconds, randomSize);
  const signature = mac(on, "passkey challenge", [head.toString("base64url"), use, subject]);
  return new Uint8Array(Buffer.concat([head, Buffer.from(signature, "base64url")]));
}

/** Whether we issued this challenge for this use and subject, less than five minutes ago. */
export function isPasskeyChallenge(
  on: ChallengeDeps,
  challenge: string,
  { use, subject }: { use: PasskeyUse; subject: string },
): boolean {
  const bytes = Buffer.from(challenge, "base64url");
  if (bytes.length !== headSize + 32) return false;
  const head = bytes.subarray(0, headSize);
  const signed = mac(on, "passkey challenge", [head.toString("base64url"), use, subject]);
  return (
    constantTimeEqual(bytes.subarray(headSize).toString("base64url"), signed) &&
    head.readUInt32BE(randomSize) > secondsOf(on)
  );
}

/** Uses a challenge up, in the transaction of its effect; false when it was used before. */
export async function useChallenge(tx: Handle, challenge: string): Promise<boolean> {
  const rows = await tx`
    insert into auth.used_challenges (hash, expires_at)
    values (${sha256Hex(challenge)}, now() + make_interval(secs => ${lifeSeconds}))
    on conflict do nothing returning hash`;
  return rows.length === 1;
}
