import type { TransactionSql } from "postgres";
import type { Handle } from "#db";
import { endSessionsOf } from "../session_store.ts";
import { forgetDevices } from "./remembered_devices.ts";
import { problem } from "../problems.ts";

/** The second factors of a person. */
export interface Factors {
  hasTotp: boolean;
  passkeys: number;
  recoveryCodes: number;
}

export async function readFactors(db: Handle, userId: string): Promise<Factors> {
  const [row] = await db<Factors[]>`
    select exists (select from auth.totps where user_id = ${userId} and confirmed_at is not null) as "hasTotp",
      (select count(*)::int from auth.passkeys where user_id = ${userId}) as passkeys,
      (select count(*)::int from auth.recovery_codes where user_id = ${userId} and used_at is null) as "recoveryCodes"`;
  if (!row) throw new Error("Cannot read second factors: the database returned no row");
  return row;
}

export const hasFactor = ({ hasTotp, passkeys }: Factors): boolean => hasTotp || passkeys > 0;

/** Whether all accounts of the installation need a second factor. */
export async function readRequirement(db: Handle): Promise<boolean> {
  const [row] = await db<{ isOn: boolean }[]>`select needs_second_factor as "isOn" from auth.account_rules`;
  return row?.isOn ?? false;
}

/** Whether this person needs a second factor and has none. */
export async function mustAddFactor(db: Handle, userId: string): Promise<boolean> {
  return (await readRequirement(db)) && !hasFactor(await readFactors(db, userId));
}

export async function writeRequirement(tx: Handle, isOn: boolean): Promise<void> {
  await tx`
    insert into auth.account_rules (needs_second_factor) values (${isOn})
    on conflict (is_only) do update set needs_second_factor = excluded.needs_second_factor`;
}

/** Changes of one person's second factors wait for each other; returns the name. */
export async function holdFactors(tx: TransactionSql, userId: string): Promise<{ name: string } | null> {
  const [row] = await tx<{ name: string }[]>`
    select name from auth.users where id = ${userId} and deleted_at is null for update`;
  return row ?? null;
}

/** After a change: ends the other sessions and forgets the devices that needed no second factor. */
export async function endWhatWasTrusted(
  tx: Handle,
  { userId, sessionId }: { userId: string; sessionId?: string },
): Promise<void> {
  await forgetDevices(tx, userId);
  const except = sessionId === undefined ? {} : { except: sessionId };
  await endSessionsOf(tx, { userId, reason: "factor-changed", ...except });
}

/**
 * After the removal of one: without any other the recovery codes go, too. Throws 409 `second-factor-last` where the
 * installation needs one.
 */
export async function afterRemoval(
  tx: Handle,
  { userId, sessionId }: { userId: string; sessionId: string },
): Promise<void> {
  if (!hasFactor(await readFactors(tx, userId))) {
    if (await readRequirement(tx)) throw problem("second-factor-last");
    await tx`delete from auth.recovery_codes where user_id = ${userId}`;
  }
  await endWhatWasTrusted(tx, { userId, sessionId });
}

/** Deletes all second factors of a person, and returns whether there was one. */
export async function deleteFactors(tx: Handle, userId: string): Promise<boolean> {
  const had = hasFactor(await readFactors(tx, userId));
  await tx`delete from auth.totps where user_id = ${userId}`;
  await tx`delete from auth.passkeys where user_id = ${userId}`;
  await tx`delete from auth.recovery_codes where user_id = ${userId}`;
  await forgetDevices(tx, userId);
  return had;
}
