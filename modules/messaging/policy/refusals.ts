/** Why nothing goes out: slugs of problems, reasons in the ledger. */
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

export interface RefusalText {
  title: string;
  remedy: string;
}

/** In plain words: what holds it back, and what would make the person reachable. */
export const refusalTexts: Readonly<Record<RefusalReason, RefusalText>> = {
  "workspace-disabled": {
    title: "This workspace is switched off: it receives, but sends nothing",
    remedy: "The owner switches it on again under Settings",
  },
  "page-disconnected": {
    title: "The page is disconnected",
    remedy: "Connect it again under Pages; the history is still there",
  },
  "page-token-dead": {
    title: "Facebook no longer accepts the access to this page",
    remedy: "Reconnect the page under Pages; nothing is lost",
  },
  "page-restricted": {
    title: "Meta restricts this page from sending for now",
    remedy: "Look into the page's Support Inbox on Facebook; sending is tried again by itself",
  },
  blocked: {
    title: "This contact is blocked here",
    remedy: "Unblock the contact to write to them",
  },
  unreachable: {
    title: "Messenger says that this person can't be reached",
    remedy: "Wait until they write again: that lifts it by itself",
  },
  unsubscribed: {
    title: "This person asked for no more messages",
    remedy: "Wait until they write again: then you may answer that message yourself",
  },
  "never-wrote": {
    title: "This person has not written to the page yet",
    remedy: "Meta lets a page write only to people who wrote first; share the page's m.me link with them",
  },
  "window-closing": {
    title: "The 24-hour window is closing this very minute",
    remedy: "Send it again in a minute: then it goes out as a person's late answer, where Meta approved that",
  },
  "window-closed": {
    title: "Meta's messaging window is closed",
    remedy:
      "Wait until this person writes again, or send an approved utility message about an order or appointment",
  },
  "human-agent-unavailable": {
    title: "The 24-hour window is closed, and the Meta app has no approval for later answers",
    remedy: "Ask for the Human Agent feature in the app's review, or wait until this person writes again",
  },
  "comment-too-old": {
    title: "This comment is older than seven days",
    remedy: "Answer it publicly, under the comment",
  },
  "comment-answered": {
    title: "This comment already has its one private reply",
    remedy: "Wait until the person answers in Messenger",
  },
  "token-expired": {
    title: "This person's opt-in to notifications has ended",
    remedy: "Ask for a new opt-in while the window is open",
  },
  "programme-ended": {
    title: "Meta ended recurring notifications for this person's region",
    remedy: "Use an approved utility message, or wait until this person writes again",
  },
};

/** The texts of a reason that was written into the ledger. */
export function refusalText(reason: string): RefusalText | undefined {
  return Object.entries(refusalTexts).find(([known]) => known === reason)?.[1];
}
