import { m } from "#lib/paraglide/messages.js";
/** Levels of engagement, and states of conversations, as people call them. */
export const engagementNames = [
  { value: "new", name: m.contacts_engagement_new() },
  { value: "hot", name: m.contacts_engagement_hot() },
  { value: "warm", name: m.contacts_engagement_warm() },
  { value: "cold", name: m.contacts_engagement_cold() },
  { value: "inactive", name: m.contacts_engagement_inactive() },
];

export const conditionStatusNames = [
  { value: "open", name: m.segments_status_open() },
  { value: "pending", name: m.segments_status_pending() },
  { value: "snoozed", name: m.segments_status_snoozed() },
  { value: "resolved", name: m.segments_status_resolved() },
  { value: "spam", name: m.segments_status_spam() },
];
