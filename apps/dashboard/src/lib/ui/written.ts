/** What the names begin with under which the browser keeps a begun reply, a reply on its way, and a campaign. */
export const DRAFTS = "messagesender.draft.";
export const KEPT_REPLIES = "messagesender.reply.";
export const KEPT_DRAFTS = "messagesender.campaign.";

/** Removes what anybody began to write in this browser: the next person may be somebody else. */
export function clearWritten(): void {
  for (const key of Object.keys(localStorage))
    if ([DRAFTS, KEPT_REPLIES, KEPT_DRAFTS].some((prefix) => key.startsWith(prefix)))
      localStorage.removeItem(key);
}
