/** Pages, contacts, the inbox and everything that goes out. */
export { readCounts } from "./delivery/campaign_counts.ts";
export {
  ensureLanes,
  type LaneSummary,
  resumeLanes,
  summarizeLanes,
  wakeCampaign,
} from "./delivery/lanes.ts";
export { type AppHold, readAppHold } from "./delivery/app_hold.ts";
export { sendReply } from "./delivery/send_reply.ts";
export { type DeliverySettings } from "./delivery/settings.ts";
export { type DeliveryStatus, deliveryStatesOf } from "./delivery/states.ts";
export { type DeliveryWorker, startDelivery } from "./delivery/worker.ts";
export { type MessagingConfig, type MessagingDeps, workspaceChannel } from "./deps.ts";
export { createGraph, type GraphClient, type GraphOptions } from "./graph.ts";
export { analyticsRoutes } from "./analytics/routes_analytics.ts";
export type { CampaignDeps } from "./campaigns/deps.ts";
export { startTicker, type Ticker } from "./ticker.ts";
export { audienceRoutes } from "./campaigns/routes_audience.ts";
export { campaignApprovalRoutes } from "./campaigns/routes_campaign_approval.ts";
export { campaignControlRoutes } from "./campaigns/routes_campaign_control.ts";
export { campaignResultsRoutes } from "./campaigns/routes_campaign_results.ts";
export { complianceRoutes } from "./campaigns/routes_compliance.ts";
export { campaignsRoutes } from "./campaigns/routes_campaigns.ts";
export {
  hideOptInTokens,
  openOptInTokens,
  resealOptInTokens,
  sealOptInTokens,
} from "./inbox/opt_in_tokens.ts";
export { resealPageTokens } from "./pages/reseal.ts";
export { sealPageToken } from "./pages/token.ts";
export { deletePeople } from "./contacts/delete_people.ts";
export { consentRoutes } from "./contacts/routes_consent.ts";
export { contactChangesRoutes } from "./contacts/routes_contact_changes.ts";
export { contactsRoutes } from "./contacts/routes_contacts.ts";
export { transfersRoutes } from "./contacts/routes_transfers.ts";
export { labelsRoutes } from "./contacts/routes_labels.ts";
export { consentWord, type OwnWords, ownWordsOf } from "./contacts/consent_words.ts";
export { readOwnConsentWords } from "./contacts/sending_rules.ts";
export { segmentsRoutes } from "./segments/routes_segments.ts";
export { givingRoutes } from "./inbox/routes_giving.ts";
export { viewsRoutes } from "./inbox/routes_views.ts";
export { conversationsRoutes } from "./inbox/routes_conversations.ts";
export { threadRoutes } from "./inbox/routes_thread.ts";
export { workspaceSwitchRoutes } from "./workspaces/routes_workspace_switch.ts";
export { type LiveDeps, type LiveOptions, liveRoutes } from "./live_stream.ts";
export { type Attempt, readAttempt } from "./delivery/attempt.ts";
export { recordInbound, type RecordOptions } from "./inbox/inbound.ts";
export { textArray } from "./inbox/inbound_arrays.ts";
export type {
  ConsentChange,
  ContactSource,
  InboundAttachment,
  InboundComment,
  InboundEdit,
  InboundEvent,
  InboundMessage,
  InboundNotice,
  InboundReaction,
  InboundReceipt,
  InboundUnsend,
  PageNews,
} from "./inbox/inbound_event.ts";
export { learnTableSizes, markPagesHeard, publishTouched } from "./inbox/inbound_live.ts";
export type { TouchedThread } from "./inbox/record_messages.ts";
export type { Alongside } from "./inbox/record_messages_sql.ts";
export { type FirstSteps, readFirstSteps } from "./inbox/first_steps.ts";
export { releaseConversations } from "./inbox/release.ts";
export type { PageDeps } from "./pages/deps.ts";
export { readStanding } from "./pages/standing.ts";
export { pruneFacebookLogins } from "./pages/login.ts";
export { pagesRoutes } from "./pages/routes.ts";
export { metaCallbackRoutes, privacyRoutes } from "./pages/routes_meta.ts";
export { forgetLogins } from "./pages/withdrawal.ts";
export { jobHandlers, scheduleDaily } from "./jobs.ts";
export type { MediaDeps } from "./media/deps.ts";
export { createFileAs, readFiles } from "./media/file_store.ts";
export { mediaRoutes } from "./media/routes.ts";
export { pruneNotifications } from "./notifications/notification_store.ts";
export { notificationsRoutes } from "./notifications/routes_notifications.ts";
export { pruneUnsentFiles } from "./templates/media_store.ts";
export { libraryRoutes } from "./templates/routes_library.ts";
export { publicRoutes } from "./templates/routes_public.ts";
export { templatesRoutes } from "./templates/routes_templates.ts";
export { utilityRoutes } from "./templates/routes_utility.ts";
export { messengerProfileRoutes } from "./messenger_profile/routes_messenger_profile.ts";
export { pageRepliesRoutes } from "./sequences/routes_page_replies.ts";
export { sequencePeopleRoutes } from "./sequences/routes_sequence_people.ts";
export { sequencesRoutes } from "./sequences/routes_sequences.ts";
