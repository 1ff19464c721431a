import { type Keyring, seal, unseal } from "#std";
import { say } from "./problems.ts";

// A value copied to another page's row does not open there.
const context = (pageFacebookId: string) => `page-token:${pageFacebookId}`;

/** Why nothing goes out by a token that cannot be opened. */
export const lostKeyReason = say("page-key-missing").text;

/** Seals a page's token for its row. */
export function sealPageToken(keyring: Keyring, pageFacebookId: string, token: string): string {
  return seal(keyring, token, context(pageFacebookId));
}

/** Opens a page's token. Throws when the key is gone. */
export function openPageToken(keyring: Keyring, pageFacebookId: string, sealed: string): string {
  return unseal(keyring, sealed, context(pageFacebookId));
}
