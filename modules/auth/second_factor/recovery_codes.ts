import { randomInt } from "node:crypto";
import type { Handle } from "#db";
import { sha256Hex } from "#std";

const howMany = 10;
// Without letters and digits that look alike: 31 of them, so that 16 are 79 bits.
const alphabet = "abcdefghjkmnpqrstuvwxyz23456789";
const lettersOfCode = 16;

/** What a person types, without spaces, dashes and capitals. */
export const plainCode = (code: string): string => code.replace(/[\s-]/g, "").toLowerCase();

// The person is a part of it, so equal hashes tell nothing. Random codes of 79 bits need no slow hash.
const hashOf = (userId: string, code: string) => sha256Hex(`${userId}:${plainCode(code)}`);

function newCode(): string {
  const letters = Array.from({ length: lettersOfCode }, () => alphabet[randomInt(alphabet.length)]).join("");
  return letters.replace(/(.{4})(?=.)/g, "$1-");
}

/** Replaces a person's recovery codes with ten new ones. They are shown once: only hashes are stored. */
export async function makeRecoveryCodes(tx: Handle, userId: string): Promise<string[]> {
  const codes = Array.from({ length: howMany }, newCode);
  await tx`delete from auth.recovery_codes where user_id = ${userId}`;
  await tx`
    insert into auth.recovery_codes (user_id, code_hash)
    select ${userId}, unnest(${codes.map((code) => hashOf(userId, code))}::text[])`;
  return codes;
}

/** Uses a recovery code up; false when it is none of this person's, or was used before. */
export async function useRecoveryCode(tx: Handle, userId: string, code: string): Promise<boolean> {
  const rows = await tx`
    update auth.recovery_codes set used_at = now()
    where user_id = ${userId} and code_hash = ${hashOf(userId, code)} and used_at is null returning user_id`;
  return rows.length === 1;
}
