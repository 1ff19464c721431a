import { defineReasons, type ReasonText } from "./reasons.ts";

/** Why nothing goes out: codes of problems, reasons in the ledger. */
export type RefusalReason =
  | "workspace-disabled"
  | "page-disconnected"
  | "page-token-dead"
  | "page-restricted"
  | "blocked"
  | "unreachable"
  | "unsubscribed"
  | "never-wrote"
  | "window-closing"
  | "window-closed"
  | "human-agent-unavailable"
  | "comment-too-old"
  | "comment-answered"
  | "token-expired"
  | "programme-ended";

/** In plain words: what holds it back, and what would make the person reachable. */
export const refusalTexts = defineReasons<RefusalReason>({
  "workspace-disabled": {
    title: "The workspace is switched off: it receives messages but sends none",
    remedy: "Ask the owner to switch it on under Settings",
  },
  "page-disconnected": {
    title: "The page is disconnected",
    remedy: "Connect it again under Pages; the history is still there",
  },
  "page-token-dead": {
    title: "Facebook no longer accepts the page's access token",
    remedy: "Reconnect the page under Pages; nothing is lost",
  },
  "page-restricted": {
    title: "Meta restricts this page from sending for now",
    remedy: "Check the page's Support Inbox on Facebook; MessageSender retries by itself",
  },
  blocked: {
    title: "This contact is blocked",
    remedy: "Unblock the contact to write to them",
  },
  unreachable: {
    title: "Messenger cannot reach this person",
    remedy: "Wait until this person writes again",
  },
  unsubscribed: {
    title: "This person opted out",
    remedy: "Wait until this person writes again; then you can reply by hand",
  },
  "never-wrote": {
    title: "This person has not written to the page yet",
    remedy: "Meta lets pages message only people who wrote first. Share the page's m.me link",
  },
  "window-closing": {
    title: "The 24-hour window closes this minute",
    remedy: "Send it again in a minute; it then goes out as a late reply, if Meta approved those",
  },
  "window-closed": {
    title: "Meta's messaging window is closed",
    remedy:
      "Wait until this person writes again, or send an approved utility message about an order or appointment",
  },
  "human-agent-unavailable": {
    title: "The 24-hour window is closed, and the Meta app is not approved for late replies",
    remedy: "Request the Human Agent feature in the app review, or wait until this person writes again",
  },
  "comment-too-old": {
    title: "This comment is older than seven days",
    remedy: "Reply publicly under the comment",
  },
  "comment-answered": {
    title: "This comment already has its one private reply",
    remedy: "Wait until this person replies in Messenger",
  },
  "token-expired": {
    title: "This person's opt-in to notifications has expired",
    remedy: "Ask for a new opt-in while the window is open",
  },
  "programme-ended": {
    title: "Meta ended recurring notifications for this person's region",
    remedy: "Use an approved utility message, or wait until this person writes again",
  },
});

/** The texts of a reason that was written into the ledger. */
export function refusalText(reason: string): ReasonText | undefined {
  return Object.entries(refusalTexts).find(([known]) => known === reason)?.[1];
}
