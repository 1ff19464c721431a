/** Meta's Graph API: the client, its errors, and one file for each area. */
export { createGraph, type GraphClient, type GraphOptions } from "./client.ts";
export {
  type PastAttachment,
  type PastMessage,
  type PastConversation,
  type PastConversations,
  readPastConversations,
} from "./conversations.ts";
export { GraphError, networkError } from "./error.ts";
export { graphErrorRule, graphErrorText, reasonOf } from "./errors.ts";
export { type Fields, fieldsList, fieldsOf, isFields, textOf } from "./fields.ts";
export {
  exchangeCode,
  type GrantedPage,
  listGrantedPages,
  readGrantedPage,
  type TokenHolder,
} from "./login.ts";
export { type PageLimit, readStanding, type Standing, stopsMessages } from "./standing.ts";
export { uploadAttachment } from "./media.ts";
export { deleteMetaProfile, readMetaProfile, setMetaProfile } from "./messenger_profile.ts";
export { metaProblem } from "./meta_problem.ts";
export { moderateConversation, moderationFailure } from "./moderation.ts";
export { lackedTasks } from "./page_tasks.ts";
export { lostKeyReason, openPageToken, sealPageToken } from "./page_token.ts";
export {
  debugToken,
  type PageAccess,
  type PageProfile,
  readPageProfile,
  readPageStatus,
  type TokenFacts,
} from "./pages.ts";
export { type UserProfile, readParticipantName, readUserProfile } from "./profile.ts";
export { listSentCopies, sendMessage, sendSenderAction, type SentCopy } from "./send.ts";
export {
  type AppSubscription,
  EssentialFieldRefused,
  permissionsIn,
  readAppSubscription,
  readSubscription,
  type RefusedField,
  subscribePage,
  unsubscribePage,
  writeAppSubscription,
} from "./subscription.ts";
export {
  createMetaTemplate,
  deleteMetaTemplate,
  type LibraryTemplate,
  listMetaTemplates,
  type MetaTemplate,
  searchLibrary,
} from "./templates.ts";
export { pageNotConnected } from "./problems.ts";
export { checkText, maxTextLength } from "./text.ts";
export { changeThreadControl, readRouting, readThreadOwner } from "./thread_control.ts";
export type { GraphUsage } from "./usage.ts";
