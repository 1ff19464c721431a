import type { Contact } from "../api/types.ts";

/** Another one when something changed that leaves a line in the history of a contact. */
export function historyKey(contact: Contact | null): string {
  const block = contact?.facebookBlock;
  return [contact?.subscriptionAt, contact?.blocked, block?.state, block?.at, block?.error].join();
}
