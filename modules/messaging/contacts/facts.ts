import { contacts } from "#db/messaging";

/** The columns that the policy asks of a contact. */
export const contactFacts = {
  subscribed: contacts.subscribed,
  blockedAt: contacts.blockedAt,
  unreachableAt: contacts.unreachableAt,
  lastInboundAt: contacts.lastInboundAt,
  adWindowUntil: contacts.adWindowUntil,
  windowClosedAt: contacts.windowClosedAt,
};
