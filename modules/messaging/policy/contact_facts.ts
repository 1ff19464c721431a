import { contacts } from "#db/messaging";
import type { ContactFacts } from "./policy.ts";

/** The columns of a contact that the policy reads. */
export const contactFacts = {
  subscribed: contacts.subscribed,
  blockedAt: contacts.blockedAt,
  unreachableAt: contacts.unreachableAt,
  lastInboundAt: contacts.lastInboundAt,
  adWindowUntil: contacts.adWindowUntil,
  windowClosedAt: contacts.windowClosedAt,
};

/** The same columns with times as Postgres writes them. */
export type ContactFactTexts = {
  [Name in keyof ContactFacts]: ContactFacts[Name] extends boolean ? boolean : string | null;
};

const dateOf = (text: string | null) => (text === null ? null : new Date(text));

export function contactFactsOf(row: ContactFactTexts): ContactFacts {
  return {
    subscribed: row.subscribed,
    blockedAt: dateOf(row.blockedAt),
    unreachableAt: dateOf(row.unreachableAt),
    lastInboundAt: dateOf(row.lastInboundAt),
    adWindowUntil: dateOf(row.adWindowUntil),
    windowClosedAt: dateOf(row.windowClosedAt),
  };
}
