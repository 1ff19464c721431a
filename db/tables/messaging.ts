// The tables of modules/messaging, by subject.
export {
  appSettings,
  dataDeletions,
  deletionPages,
  facebookLogins,
  messengerProfiles,
  pageHistories,
  pages,
} from "./messaging/pages.ts";
export {
  contactBulkRows,
  contactFields,
  contactImportRows,
  contactTags,
  contactTransfers,
  contacts,
  customFields,
  tags,
} from "./messaging/contacts.ts";
export { deletedPeople, sendingRules, suppressions, topicConsents } from "./messaging/consent.ts";
export {
  attachments,
  comments,
  conversations,
  events,
  messages,
  notes,
  reactions,
} from "./messaging/inbox.ts";
export { assignmentRules, savedViews } from "./messaging/assignment.ts";
export { campaignDays, dayCounts } from "./messaging/analytics.ts";
export { appHolds, clicks, deliveries, lanes, pageCalls, paces, receipts } from "./messaging/delivery.ts";
export { segmentMembers, segments } from "./messaging/segments.ts";
export { contents, mediaFiles, mediaUploads, templates, utilityTemplates } from "./messaging/templates.ts";
export {
  campaignActions,
  campaignDeltas,
  campaignRanges,
  campaignVariants,
  campaigns,
} from "./messaging/campaigns.ts";
export {
  notificationChoices,
  notificationSchedules,
  notifications,
  notificationTopics,
} from "./messaging/notifications.ts";
export { autoReplies, enrolments, sequenceSteps, triggers } from "./messaging/sequences.ts";
export { messaging } from "./messaging/schema.ts";
