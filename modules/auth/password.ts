import { fieldError, type Sentence, trimEnd } from "#std";
import { commonPasswords, commonWords } from "./common_passwords.ts";
import { passPasswordGate } from "./password_gate.ts";
import { problem, say } from "./problems.ts";

export const passwordCost = 12;

// The hash of a random password: a check against it takes as long as against a real one of the same cost.
const nobodysHash = (cost: number) =>
  `$2b$${String(cost).padStart(2, "0")}$qm8sf1N.5tOXJyjdnj1gIOtcm2uFkvk3LfCsttA01bM5soD87sOje`;

/** bcrypt of a password; texts beyond bcrypt's 72 bytes are hashed before by Bun, so nothing is cut off. */
export function hashPassword(password: string): Promise<string> {
  return passPasswordGate(true, () =>
    Bun.password.hash(password, { algorithm: "bcrypt", cost: passwordCost }),
  );
}

/**
 * Whether the password matches the hash; without a hash false, after the time of this cost. Callers use the password
 * gate.
 */
export async function checkPassword(
  password: string,
  hash: string | null,
  cost = passwordCost,
): Promise<boolean> {
  const fits = await Bun.password.verify(password, hash ?? nobodysHash(cost));
  return fits && hash !== null;
}

function isCommon(password: string): boolean {
  const lower = password.toLowerCase();
  // "Password2024!" is the most frequent word with the most frequent suffix.
  const word = trimEnd(lower, /[\d\W_]/);
  return commonPasswords.has(lower) || commonWords.has(word);
}

function mistakeIn(password: string): Sentence | null {
  if (password.length < 8) return say("password-too-short", { min: 8 });
  if (password.length > 200) return say("password-too-long", { max: 200 });
  if (!/\p{Ll}/u.test(password)) return say("password-no-lowercase");
  if (!/\p{Lu}/u.test(password)) return say("password-no-uppercase");
  if (!/\p{Nd}/u.test(password)) return say("password-no-number");
  if (isCommon(password)) return say("password-common");
  return null;
}

/** Throws a 422 Problem that explains what a weak password lacks. */
export function requireGoodPassword(password: string, pointer = "/password"): void {
  const mistake = mistakeIn(password);
  if (mistake === null) return;
  throw problem("password-weak", { mistake: mistake.text }, { errors: [fieldError(pointer, mistake)] });
}
