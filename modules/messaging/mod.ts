/** Pages, contacts, the inbox and everything that goes out. */
export {
  ensureLanes,
  type LaneSummary,
  summarizeLanes,
  type AppHold,
  readAppHold,
  type DeliverySettings,
  type DeliveryWorker,
  startDelivery,
  type Attempt,
  readAttempt,
} from "./delivery/mod.ts";
export { type MessagingConfig, type MessagingDeps, workspaceChannel } from "./deps.ts";
export type { LiveEvent } from "./live_event.ts";
export { createGraph, type GraphClient, sealPageToken } from "./graph/mod.ts";
export { analyticsRoutes } from "./analytics/mod.ts";
export {
  audienceRoutes,
  campaignApprovalRoutes,
  campaignControlRoutes,
  campaignResultsRoutes,
  complianceRoutes,
  campaignsRoutes,
} from "./campaigns/mod.ts";
export { startTicker, type Ticker } from "./ticker.ts";
export {
  hideOptInTokens,
  openOptInTokens,
  resealOptInTokens,
  sealOptInTokens,
  recordInbound,
  type RecordOptions,
  type ConsentChange,
  type ContactSource,
  type InboundAttachment,
  type InboundComment,
  type InboundEdit,
  type InboundEvent,
  type InboundMessage,
  type InboundNotice,
  type InboundReaction,
  type InboundReceipt,
  type InboundUnsend,
  type PageNews,
  learnTableSizes,
  markPagesHeard,
  metaAiApp,
  publishTouched,
  type TouchedConversation,
  type CallersLog,
} from "./inbound/mod.ts";
export {
  resealPageTokens,
  type PageDeps,
  readStanding,
  pruneFacebookLogins,
  pagesRoutes,
  metaCallbackRoutes,
  privacyRoutes,
  forgetLogins,
} from "./pages/mod.ts";
export {
  deleteByPsid,
  consentRoutes,
  contactChangesRoutes,
  contactsRoutes,
  labelsRoutes,
  consentWord,
  type OwnWords,
  ownWordsOf,
  readOwnConsentWords,
} from "./contacts/mod.ts";
export { transfersRoutes } from "./transfers/mod.ts";
export { segmentsRoutes } from "./segments/mod.ts";
export {
  assignmentRulesRoutes,
  contactTimelineRoutes,
  viewsRoutes,
  conversationsRoutes,
  timelineRoutes,
  type FirstSteps,
  readFirstSteps,
  releaseConversations,
} from "./inbox/mod.ts";
export { workspaceSwitchRoutes } from "./workspaces/mod.ts";
export { type LiveDeps, type LiveOptions, liveRoutes } from "./live/mod.ts";
export { textArray } from "#db";
export { jobHandlers, scheduleDaily } from "./jobs.ts";
export { type MediaDeps, createFileAs, readFiles, mediaRoutes } from "./media/mod.ts";
export { pruneNotifications, notificationsRoutes } from "./notifications/mod.ts";
export { pruneUnsentFiles, libraryRoutes, templatesRoutes, utilityRoutes } from "./templates/mod.ts";
export { publicRoutes } from "./links/mod.ts";
export { messengerProfileRoutes } from "./messenger_profile/mod.ts";
export { autoRepliesRoutes, enrolmentRoutes, sequencesRoutes } from "./sequences/mod.ts";
