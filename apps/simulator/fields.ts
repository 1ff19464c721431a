/** Every webhook field that a page can be subscribed to; one unknown name fails the whole call. */
export const pageFields = [
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
  "messaging_feedback",
  "response_feedback",
  "messaging_account_linking",
  "messaging_customer_information",
  "message_template_status_update",
  "messenger_template_status_update",
  "business_integrity",
  "messaging_integrity",
  "send_cart",
  "inbox_labels",
  "feed",
  "mention",
  "leadgen",
];

/**
 * The permissions one of which a field needs; all others need `pages_messaging`. A subscription itself needs
 * `pages_manage_metadata`. https://developers.facebook.com/docs/graph-api/webhooks/reference/page
 */
export const fieldPermissions: Readonly<Record<string, string[]>> = {
  feed: ["pages_show_list"],
  mention: ["pages_read_user_content"],
  leadgen: ["leads_retrieval"],
  message_template_status_update: ["pages_utility_messaging"],
  messenger_template_status_update: ["pages_utility_messaging"],
};

/** Every permission that the OAuth dialog knows. */
export const permissions = [
  "public_profile",
  "email",
  "pages_show_list",
  "pages_messaging",
  "pages_manage_metadata",
  "pages_read_engagement",
  "pages_read_user_content",
  "pages_manage_engagement",
  "pages_utility_messaging",
  "pages_user_locale",
  "pages_user_timezone",
  "business_management",
  "leads_retrieval",
];
