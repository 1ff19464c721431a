/** Opens a snoozed conversation when its time has come. */
export const wakeJob = "conversation.wake";

/** Shows the person at Meta that their messages were seen. */
export const seenJob = "conversation.seen";
