/** Webhook fields without which the inbox misses something. */
export const neededFields = [
  "messages",
  "message_echoes",
  "message_edits",
  "message_reactions",
  "message_deliveries",
  "message_reads",
  "messaging_postbacks",
  "messaging_optins",
  "messaging_optouts",
  "messaging_referrals",
  "messaging_handovers",
  "standby",
  "messaging_policy_enforcement",
  "feed",
] as const;

/** Asked for as well; Meta spells some of them in two ways and may not know others. */
const wishedFields = [
  "messaging_feedback",
  "response_feedback",
  "messaging_account_linking",
  "message_template_status_update",
  "messenger_template_status_update",
  "business_integrity",
  "send_cart",
  "inbox_labels",
] as const;

export const subscribedFields: readonly string[] = [...neededFields, ...wishedFields];

/** An inbox without messages is useless. Any other missing field disables only its feature. */
export const essentialFields = ["messages"] as const;
