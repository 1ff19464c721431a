import { generateSecret, generateURI, verifySync } from "otplib";
import type { Handle } from "#db";
import { type Keyring, seal, unseal } from "#std";
import { recordActivity } from "../activity/record.ts";
import type { AuthDeps } from "../deps.ts";
import { problem } from "../problems.ts";
import { readUser } from "../user_store.ts";
import { afterRemoval, endWhatWasTrusted, holdFactors, readFactors } from "./factor_store.ts";
import { makeRecoveryCodes } from "./recovery_codes.ts";

export type TotpDeps = Pick<AuthDeps, "sql" | "clock"> & { keyring: Keyring };

/** The caller of a change: their other sessions end. */
export interface Self {
  userId: string;
  sessionId: string;
}

const issuer = "MessageSender";
// The clock of a phone may be half a minute wrong.
const toleranceSeconds = 30;

const contextOf = (userId: string) => `totp:${userId}`;

/** The step of a code; null when it is wrong. */
function stepOf(secret: string, code: string, now: number): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const found = verifySync({
    secret,
    token: code,
    epoch: Math.floor(now / 1_000),
    epochTolerance: toleranceSeconds,
  });
  return found.valid && "timeStep" in found ? found.timeStep : null;
}

/** Begins a new authenticator app. It counts when `confirmTotp` got its first code. Throws 409 when there is one. */
export async function startTotp(on: TotpDeps, userId: string): Promise<{ secret: string; uri: string }> {
  const user = await readUser(on.sql, userId);
  if (!user) throw problem("unauthenticated");
  const secret = generateSecret();
  const sealed = seal(on.keyring, secret, contextOf(userId));
  const rows = await on.sql`
    insert into auth.totps (user_id, secret) values (${userId}, ${sealed})
    on conflict (user_id) do update set secret = excluded.secret, last_step = 0, created_at = now()
      where totps.confirmed_at is null
    returning user_id`;
  if (rows.length === 0) throw problem("totp-there");
  return { secret, uri: generateURI({ issuer, label: user.email, secret }) };
}

async function readSecret(
  db: Handle,
  { keyring, userId, isConfirmed }: { keyring: Keyring; userId: string; isConfirmed: boolean },
): Promise<string | null> {
  const [row] = await db<{ secret: string }[]>`
    select secret from auth.totps where user_id = ${userId} and (confirmed_at is not null) = ${isConfirmed}`;
  return row ? unseal(keyring, row.secret, contextOf(userId)) : null;
}

/** Uses a code of the person's app up; false when it is wrong, or its step or a later one was used before. */
export async function useTotp(
  tx: Handle,
  { keyring, userId, code, now }: { keyring: Keyring; userId: string; code: string; now: number },
): Promise<boolean> {
  const secret = await readSecret(tx, { keyring, userId, isConfirmed: true });
  const step = secret === null ? null : stepOf(secret, code, now);
  if (step === null) return false;
  const rows = await tx`
    update auth.totps set last_step = ${step}
    where user_id = ${userId} and confirmed_at is not null and last_step < ${step} returning user_id`;
  return rows.length === 1;
}

/**
 * Makes a started app the person's second factor by its first code, and ends their other sessions. Returns recovery
 * codes if there were none. Throws 422 `code-wrong`.
 */
export async function confirmTotp(
  on: TotpDeps,
  { userId, sessionId, code }: Self & { code: string },
): Promise<string[] | null> {
  return await on.sql.begin(async (tx) => {
    await holdFactors(tx, userId);
    const secret = await readSecret(tx, { keyring: on.keyring, userId, isConfirmed: false });
    const step = secret === null ? null : stepOf(secret, code, on.clock());
    if (step === null) throw problem("code-wrong");
    const rows = await tx`
      update auth.totps set confirmed_at = now(), last_step = ${step}
      where user_id = ${userId} and confirmed_at is null returning user_id`;
    if (rows.length === 0) throw problem("code-wrong");
    await recordActivity(tx, { action: "user.totp-added", subject: { id: userId } });
    return await afterAddition(tx, { userId, sessionId });
  });
}

/** After a new second factor: the first one gets recovery codes. */
export async function afterAddition(tx: Handle, { userId, sessionId }: Self): Promise<string[] | null> {
  const { recoveryCodes } = await readFactors(tx, userId);
  const codes = recoveryCodes > 0 ? null : await makeRecoveryCodes(tx, userId);
  await endWhatWasTrusted(tx, { userId, sessionId });
  return codes;
}

/** Takes the authenticator app away. Throws 409 without one, or when it is the last factor and one is needed. */
export async function removeTotp(on: Pick<AuthDeps, "sql">, { userId, sessionId }: Self): Promise<void> {
  await on.sql.begin(async (tx) => {
    await holdFactors(tx, userId);
    const rows = await tx`
      delete from auth.totps where user_id = ${userId} and confirmed_at is not null returning user_id`;
    if (rows.length === 0) throw problem("totp-missing");
    await recordActivity(tx, { action: "user.totp-removed", subject: { id: userId } });
    await afterRemoval(tx, { userId, sessionId });
  });
}

/** Seals the secrets of authenticator apps with the first key of the ring. Returns their number. */
export async function resealTotps({ sql }: Pick<AuthDeps, "sql">, keyring: Keyring): Promise<number> {
  const mark = `v1.${keyring.keys[0]?.id ?? ""}.%`;
  const rows = await sql<{ userId: string; secret: string }[]>`
    select user_id as "userId", secret from auth.totps where secret not like ${mark}`;
  for (const { userId, secret } of rows) {
    const after = seal(keyring, unseal(keyring, secret, contextOf(userId)), contextOf(userId));
    await sql`update auth.totps set secret = ${after} where user_id = ${userId} and secret = ${secret}`;
  }
  return rows.length;
}
