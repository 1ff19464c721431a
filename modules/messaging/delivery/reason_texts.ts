import { graphErrorRule, graphErrorText } from "../graph/mod.ts";
import { defineReasons, type ReasonText, refusalText } from "../policy/mod.ts";

/** Why a campaign itself left somebody out, beside the policy's reasons: what happened, and what to do about it. */
export const ownTexts = defineReasons({
  suppressed: {
    title: "This person is on the suppression list",
    remedy: "Remove this person from the list under Contacts if they want messages again",
  },
  spam: {
    title: "The conversation with this person is in spam",
    remedy: "Choose Not spam in the conversation if this person should receive campaigns again",
  },
  capped: {
    title: "This person reached the workspace's frequency cap",
    remedy: "Send later, or raise the cap under Settings. A campaign can also ignore it",
  },
  expired: {
    title: "The campaign ended before this message was sent",
    remedy: "Give the next campaign more time or more speed",
  },
  "quiet-hours-past-expiry": {
    title: "Quiet hours lasted until the campaign expired",
    remedy: "Send earlier in the day. A campaign can also ignore quiet hours",
  },
  "duplicate-person": {
    title: "This person already receives this message",
    remedy: "Nothing to do: each person receives it once",
  },
  "content-invalid": {
    title: "The message exceeds Meta's limits with this person's data",
    remedy: "Add fallbacks to the variables, shorten the text, or correct the contact",
  },
  "media-refused": {
    title: "Meta did not accept the file on this page",
    remedy: "Upload it to the media library in another format or size, and send that",
  },
  "campaign-cancelled": {
    title: "The campaign was canceled before this message was sent",
    remedy: "Duplicate the campaign to send it again",
  },
  "sequence-stopped": {
    title: "The sequence was stopped before this message was sent",
    remedy: "Duplicate the sequence and add this person to the copy",
  },
  "left-sequence": {
    title: "This person left the sequence before this message was sent",
    remedy: "Nothing to do: an exit condition of the sequence was met",
  },
  "step-removed": {
    title: "The step was removed before this message was sent",
    remedy: "Nothing to do: the remaining steps continue",
  },
  "contact-deleted": {
    title: "The contact was deleted before this message was sent",
    remedy: "Nothing to do: deleted contacts receive nothing",
  },
  "no-template": {
    title: "The page has no approved version of this utility template",
    remedy: "Create it for the page under Templates, or choose another template",
  },
  "another-app": {
    title: "Another app controls the conversation with this person",
    remedy:
      "Send it again after 24 hours, or make MessageSender the default app in the page's settings on Facebook",
  },
  unconfirmed: {
    title: "Meta did not say whether it was sent",
    remedy: "Check the conversation on Facebook before you send it again",
  },
  cancelled: {
    title: "The message was canceled before it was sent",
    remedy: "Send it again when you want it to go out",
  },
});

function ownText(reason: string): ReasonText | undefined {
  return Object.entries(ownTexts).find(([known]) => known === reason)?.[1];
}

/** All reasons of the ledger. */
export interface EndedRow {
  reason: string;
  errorCode?: number | null;
  errorSubcode?: number | null;
}

/** In plain words: why the message was held or Meta's reason, and the remedy. */
export function reasonText({ reason, errorCode = null, errorSubcode = null }: EndedRow): ReasonText {
  // Meta's text for this one explains how to reply, not what happens to a campaign.
  const isOwn = errorCode === null || reason === "another-app";
  const known = isOwn ? (refusalText(reason) ?? ownText(reason)) : undefined;
  if (known) return known;
  // Meta's own error is more specific than its class.
  return graphErrorText(graphErrorRule(errorCode ?? 0, errorSubcode));
}
