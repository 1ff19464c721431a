/** Opens a snoozed conversation when its time has come. */
export const wakeJob = "conversation.wake";

/** Moves a conversation to spam at Meta too. */
export const spamJob = "conversation.spam";

/** Shows "Seen" to the contact at Meta. */
export const seenJob = "conversation.seen";
