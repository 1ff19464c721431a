import { defineTerms, type Sentence } from "#std";

/** The features that a page lacks without each webhook field, as screens word them. */
const texts: Readonly<Record<string, string>> = {
  messages: "Messages",
  message_echoes: "Replies sent in Facebook's inbox",
  message_edits: "Edited messages",
  message_reactions: "Reactions",
  message_deliveries: "Delivery receipts",
  message_reads: "Read receipts",
  messaging_postbacks: "Taps on buttons and menus",
  messaging_optins: "Opt-ins",
  messaging_optouts: "Opt-outs",
  messaging_referrals: "Visits by m.me links and ads",
  messaging_handovers: "Handovers between apps",
  standby: "Messages while another app has the conversation",
  messaging_policy_enforcement: "Policy warnings from Meta",
  feed: "Comments on posts",
  messaging_feedback: "Customer feedback",
  response_feedback: "Ratings of messages",
  messaging_account_linking: "Account linking",
  message_template_status_update: "Reviews of utility templates",
  messenger_template_status_update: "Reviews of utility templates",
  messaging_integrity: "Restrictions by Meta",
  business_integrity: "Restrictions by Meta",
  send_cart: "Shopping carts",
  inbox_labels: "Labels of Facebook's inbox",
  other: "Events of this kind",
};

const codeOf = (field: string) => field.replaceAll("_", "-");

defineTerms(
  "webhook-field",
  Object.fromEntries(Object.entries(texts).map(([field, text]) => [codeOf(field), text])),
);

/** The feature of a webhook field. */
export function fieldText(field: string): Sentence {
  const known = texts[field] === undefined ? "other" : field;
  return { code: `webhook-field-${codeOf(known)}`, params: {}, text: texts[known] ?? "" };
}
