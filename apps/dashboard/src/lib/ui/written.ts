/** Prefixes of the browser's keys for drafts of replies, unsent replies, and campaigns. */
export const DRAFTS = "messagesender.draft.";
export const KEPT_REPLIES = "messagesender.reply.";
export const KEPT_DRAFTS = "messagesender.campaign.";

/** Removes what anybody began to write in this browser: the next person may be somebody else. */
export function clearWritten(): void {
  for (const key of Object.keys(localStorage))
    if ([DRAFTS, KEPT_REPLIES, KEPT_DRAFTS].some((prefix) => key.startsWith(prefix)))
      localStorage.removeItem(key);
}
