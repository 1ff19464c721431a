import { KEPT_DRAFTS } from "./campaigns/wizard/kept_drafts.ts";
import { DRAFTS } from "./inbox/drafts.svelte.ts";
import { KEPT_REPLIES } from "./inbox/kept_replies.ts";

/** Removes what anybody began to write in this browser: the next person may be somebody else. */
export function clearWritten(): void {
  for (const key of Object.keys(localStorage))
    if ([DRAFTS, KEPT_REPLIES, KEPT_DRAFTS].some((prefix) => key.startsWith(prefix)))
      localStorage.removeItem(key);
}
