/** Opens a snoozed conversation when its time has come. */
export const wakeJob = "conversation.wake";

/** Moves a conversation to spam at Meta too. */
export const spamJob = "conversation.spam";

/** Shows the person at Meta that their messages were seen. */
export const seenJob = "conversation.seen";
