/** Names and images of people and pages. */

/** The prefix that replaces a deleted contact's PSID in the ledger. */
export const deletedPsid = "deleted:";

/** The person's name; without one from Meta, the end of the PSID tells people apart. Never an invented name. */
export function displayName(contact: { name: string | null; psid: string }): string {
  if (contact.psid.startsWith(deletedPsid)) return "Deleted contact";
  return contact.name ?? `Messenger user ·${contact.psid.slice(-4)}`;
}

/** Our own copy of the person's picture, or null when there is none yet. */
export function pictureUrlOf(
  workspaceId: string,
  contact: { id: string; pictureKey: string | null },
): string | null {
  if (contact.pictureKey === null) return null;
  // The key changes with the picture, so that browsers keep one and still see the next.
  const version = encodeURIComponent(contact.pictureKey.slice(-12));
  return `/api/v1/workspaces/${workspaceId}/contacts/${contact.id}/picture?v=${version}`;
}
