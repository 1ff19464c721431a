import { Elysia } from "elysia";
import type { AuthDeps } from "#auth";
import { analyticsRoutes } from "./analytics/mod.ts";
import { complianceRoutes } from "./campaign_compliance/mod.ts";
import { audienceRoutes, campaignApprovalRoutes, campaignsRoutes } from "./campaign_draft/mod.ts";
import { campaignControlRoutes } from "./campaign_plan/mod.ts";
import { campaignResultsRoutes } from "./campaign_results/mod.ts";
import { consentRoutes, contactChangesRoutes, contactsRoutes, labelsRoutes } from "./contacts/mod.ts";
import { demoRoutes } from "./demo/mod.ts";
import type { MessagingDeps } from "./deps.ts";
import {
  assignmentRulesRoutes,
  contactTimelineRoutes,
  conversationsRoutes,
  timelineRoutes,
  viewsRoutes,
} from "./inbox/mod.ts";
import { publicRoutes } from "./links/mod.ts";
import { type LiveDeps, liveRoutes } from "./live/mod.ts";
import { type MediaDeps, mediaRoutes } from "./media/mod.ts";
import { messengerProfileRoutes } from "./messenger_profile/mod.ts";
import {
  type NotificationDeps,
  notificationSettingsRoutes,
  notificationsRoutes,
} from "./notifications/mod.ts";
import {
  type CallbackDeps,
  type DeletionPageDeps,
  deletionPageRoutes,
  metaCallbackRoutes,
  type PageDeps,
  pagesRoutes,
  privacyRoutes,
} from "./pages/mod.ts";
import { segmentsRoutes } from "./segments/mod.ts";
import { autoRepliesRoutes, enrolmentRoutes, sequencesRoutes } from "./sequences/mod.ts";
import { libraryRoutes, templatesRoutes, utilityRoutes } from "./templates/mod.ts";
import { transfersRoutes } from "./transfers/mod.ts";
import { workspaceSwitchRoutes } from "./workspaces/mod.ts";

export type RoutesDeps = AuthDeps &
  MessagingDeps &
  PageDeps &
  MediaDeps &
  LiveDeps &
  CallbackDeps &
  DeletionPageDeps &
  NotificationDeps;

/** The API of messaging. */
export function messagingRoutes(on: RoutesDeps) {
  return new Elysia({ name: "messaging" })
    .use(workspaceSwitchRoutes(on))
    .use(demoRoutes(on))
    .use(pagesRoutes(on))
    .use(metaCallbackRoutes(on))
    .use(deletionPageRoutes(on))
    .use(autoRepliesRoutes(on))
    .use(messengerProfileRoutes(on))
    .use(sequencesRoutes(on))
    .use(enrolmentRoutes(on))
    .use(contactsRoutes(on))
    .use(contactTimelineRoutes(on))
    .use(contactChangesRoutes(on))
    .use(transfersRoutes(on))
    .use(labelsRoutes(on))
    .use(segmentsRoutes(on))
    .use(consentRoutes(on))
    .use(conversationsRoutes(on))
    .use(viewsRoutes(on))
    .use(assignmentRulesRoutes(on))
    .use(timelineRoutes(on))
    .use(audienceRoutes(on))
    .use(campaignControlRoutes(on))
    .use(campaignApprovalRoutes(on))
    .use(campaignResultsRoutes(on))
    .use(complianceRoutes(on))
    .use(analyticsRoutes(on))
    .use(campaignsRoutes(on))
    .use(notificationsRoutes(on))
    .use(notificationSettingsRoutes(on))
    .use(mediaRoutes(on))
    .use(templatesRoutes(on))
    .use(libraryRoutes(on))
    .use(utilityRoutes(on))
    .use(liveRoutes(on));
}

/** Public pages: links in messages, and the pages of Meta's deletion form. */
export function openPages(on: RoutesDeps) {
  return new Elysia({ name: "messaging.open" }).use(publicRoutes(on)).use(privacyRoutes(on));
}
