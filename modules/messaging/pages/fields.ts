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
  "messaging_integrity",
  "send_cart",
  "inbox_labels",
] as const;

export const subscribedFields: readonly string[] = [...neededFields, ...wishedFields];

/** Without these nothing works. */
export const requiredScopes = ["pages_messaging", "pages_manage_metadata"] as const;

/** Asked for in the login dialog; what each is for stands in the review kit. */
export const loginScopes = [
  "pages_show_list",
  ...requiredScopes,
  "pages_read_engagement",
  "business_management",
  "pages_utility_messaging",
] as const;
