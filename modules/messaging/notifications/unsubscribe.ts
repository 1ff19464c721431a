import { type Keyring, seal, unseal } from "#std";

const context = "notifications:unsubscribe";

/** What a link in a mail carries: it names its reader, ends mail, and opens nothing. */
export const unsubscribeToken = (keyring: Keyring, userId: string) => seal(keyring, userId, context);

/** The person of a link; null: it is cut, changed, or of a key that is gone. */
export function readUnsubscribeToken(keyring: Keyring, token: string): string | null {
  try {
    return unseal(keyring, token, context);
  } catch {
    return null;
  }
}
