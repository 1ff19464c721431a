import { graphErrorRule } from "../graph/mod.ts";
import { type RefusalText, refusalText } from "../policy/mod.ts";

/** Why a campaign itself left somebody out, beside the policy's reasons: what happened, and what to do about it. */
const ownTexts: Readonly<Record<string, RefusalText>> = {
  suppressed: {
    title: "On the suppression list: this person gets nothing from automations",
    remedy: "Take them off the list under Contacts, if they asked for messages again",
  },
  capped: {
    title: "Got as many messages as the workspace's frequency cap allows",
    remedy: "Send later, or raise the cap under Settings; a campaign can also ignore it",
  },
  expired: {
    title: "The campaign's time was over before it was their turn",
    remedy: "Give the next one more time, or more speed",
  },
  "quiet-hours-past-expiry": {
    title: "Quiet hours last longer than it may be sent",
    remedy: "Send it earlier in their day; a campaign can also ignore quiet hours",
  },
  "duplicate-person": {
    title: "This person already gets it",
    remedy: "Nothing to do: nobody gets the same twice",
  },
  "content-invalid": {
    title: "With this person's data the message breaks Meta's limits",
    remedy: "Give the variables fallbacks, shorten the text, or correct the contact's data",
  },
  "media-refused": {
    title: "Meta did not take the file on this page",
    remedy: "Put it into the media library in another form or size, and send that",
  },
  "campaign-cancelled": {
    title: "The campaign was cancelled before it was their turn",
    remedy: "Duplicate the campaign to send it again",
  },
  "sequence-stopped": {
    title: "The sequence was stopped before it was their turn",
    remedy: "Duplicate the sequence and put them into the new one",
  },
  "left-sequence": {
    title: "The person left the sequence before it was their turn",
    remedy: "Nothing to do: what ends the sequence early was chosen in it",
  },
  "step-removed": {
    title: "The step was taken out of the sequence before it was their turn",
    remedy: "Nothing to do: they go on with the steps that are left",
  },
  "contact-deleted": {
    title: "The contact was deleted before it was their turn",
    remedy: "Nothing to do: who is deleted gets nothing more",
  },
  "no-template": {
    title: "The page has no approved version of this utility template",
    remedy: "Create it for the page under Templates, or choose another one for it",
  },
  "another-app": {
    title: "Another app answers this person",
    remedy:
      "Send it again after 24 hours, when that app's hold may be over, or make MessageSender the default app in the page's settings on Facebook",
  },
  unconfirmed: {
    title: "Meta did not say whether it was sent",
    remedy: "Look into the conversation on Facebook before you send it again",
  },
};

/** Everything that the ledger says of why a row ended as it did. */
export interface EndedRow {
  reason: string;
  errorCode?: number | null;
  errorSubcode?: number | null;
}

/** In plain words: what held a message back, or what Meta said, and the remedy. */
export function reasonText({ reason, errorCode = null, errorSubcode = null }: EndedRow): RefusalText {
  // Meta's words for this one tell how to answer the person, and not what becomes of a campaign.
  const isOwn = errorCode === null || reason === "another-app";
  const known = isOwn ? (refusalText(reason) ?? ownTexts[reason]) : undefined;
  if (known) return known;
  // Meta's own error says more than the class that it fell into.
  const { title, remedy } = graphErrorRule(errorCode ?? 0, errorSubcode);
  return { title, remedy };
}
