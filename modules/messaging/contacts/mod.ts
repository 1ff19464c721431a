/** People: their fields, tags, consent and profile. */
export { type ConsentRepliesRow, confirmConsentJob, parseConsentReplies } from "./consent_replies.ts";
export { consentWord, type OwnWords, ownWordsOf } from "./consent_words.ts";
export { type Actor, type Changed, checkTags, writeConsents } from "./contact_change.ts";
export { deleteContacts } from "./contact_delete.ts";
export { type ContactFilter, ContactFilterSchema, filterCondition } from "./contact_filter.ts";
export { findContacts } from "./contact_list.ts";
export { deleteByPsid } from "./delete_by_psid.ts";
export { personHashSql, readDeleted } from "./deleted_people.ts";
export { refreshEngagement } from "./engagement.ts";
export {
  allEngagementHandler,
  allEngagementJob,
  recentEngagementHandler,
  recentEngagementJob,
  scheduleEngagement,
} from "./engagement_jobs.ts";
export { deletedPsid, displayName, pictureUrlOf } from "./faces.ts";
export { fieldIs, misfitOf, readField } from "./field_match.ts";
export { readFields } from "./field_store.ts";
export { type FieldValue, readFieldValue } from "./field_values.ts";
export { isDuplicate } from "./label_uses.ts";
export { profileHandler, profileJob } from "./profile_job.ts";
export { profileRefreshHandler, profileRefreshJob } from "./profile_refresh.ts";
export { consentRoutes } from "./routes_consent.ts";
export { contactChangesRoutes } from "./routes_contact_changes.ts";
export { contactsRoutes } from "./routes_contacts.ts";
export { labelsRoutes } from "./routes_labels.ts";
export { ContactList, FaceSchema, WindowStateSchema } from "./schema.ts";
export { type BulkAction, BulkActionSchema, BulkRequest } from "./schema_changes.ts";
export type { CustomField, Tag } from "./schema_labels.ts";
export { readOwnConsentWords, zoneOf } from "./sending_rules.ts";
export { readTags } from "./tag_store.ts";
