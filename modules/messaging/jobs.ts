import { enqueueJobs, type JobHandler } from "#db";
import {
  confirmConsentJob,
  allEngagementHandler,
  allEngagementJob,
  recentEngagementHandler,
  recentEngagementJob,
  scheduleEngagement,
  profileHandler,
  profileJob,
  profileRefreshHandler,
  profileRefreshJob,
} from "./contacts/mod.ts";
import type { MessagingDeps } from "./deps.ts";
import { historyHandler, historyJob } from "./history/mod.ts";
import { sealOptInsHandler, sealOptInsJob } from "./inbound/mod.ts";
import { inboxJobs } from "./inbox/mod.ts";
import { attachmentHandler, attachmentJob, removalHandler, removalJob } from "./media/mod.ts";
import {
  publishProfileJob,
  readProfileJob,
  publishProfileHandler,
  readProfileHandler,
} from "./messenger_profile/mod.ts";
import { type NotificationDeps, notificationHandlers } from "./notifications/mod.ts";
import { checkHandler, dailyCheckHandler, checkJob, dailyCheckJob, scheduleChecks } from "./pages/mod.ts";
import { confirmConsentHandler } from "./sequences/mod.ts";
import {
  uploadHandler,
  uploadJob,
  createUtilityHandler,
  createUtilityJob,
  dailyUtilityHandler,
  dailyUtilityJob,
  refreshUtilityHandler,
  refreshUtilityJob,
} from "./templates/mod.ts";
import {
  bulkHandler,
  bulkJob,
  exportHandler,
  exportJob,
  importHandler,
  bulkUndoHandler,
  bulkUndoJob,
  importJob,
  importUndoJob,
  segmentOfFileJob,
  importUndoHandler,
  scheduleTransferRetention,
  transferRetentionHandler,
  transferRetentionJob,
  segmentOfFileHandler,
} from "./transfers/mod.ts";

/** Handlers of all jobs of messaging, by kind. */
export function jobHandlers(on: MessagingDeps & NotificationDeps): Record<string, JobHandler> {
  return {
    ...inboxJobs(on),
    ...notificationHandlers(on),
    [confirmConsentJob]: confirmConsentHandler(on),
    [sealOptInsJob]: sealOptInsHandler(on),
    [bulkJob]: bulkHandler(on),
    [bulkUndoJob]: bulkUndoHandler(on),
    [recentEngagementJob]: recentEngagementHandler(on),
    [allEngagementJob]: allEngagementHandler(on),
    [importJob]: importHandler(on),
    [importUndoJob]: importUndoHandler(on),
    [segmentOfFileJob]: segmentOfFileHandler(on),
    [exportJob]: exportHandler(on),
    [transferRetentionJob]: transferRetentionHandler(on),
    [profileJob]: profileHandler(on),
    [profileRefreshJob]: profileRefreshHandler(on),
    [attachmentJob]: attachmentHandler(on),
    [removalJob]: removalHandler(on),
    [uploadJob]: uploadHandler(on),
    [createUtilityJob]: createUtilityHandler(on),
    [refreshUtilityJob]: refreshUtilityHandler(on),
    [dailyUtilityJob]: dailyUtilityHandler(on),
    [publishProfileJob]: publishProfileHandler(on),
    [readProfileJob]: readProfileHandler(on),
    [historyJob]: historyHandler(on),
    [checkJob]: checkHandler(on),
    [dailyCheckJob]: dailyCheckHandler(on),
  };
}

/** Makes sure that the jobs of each day run; asking again changes nothing. */
export async function scheduleDaily(on: Pick<MessagingDeps, "sql">): Promise<void> {
  await scheduleChecks(on.sql);
  await scheduleEngagement(on);
  await scheduleTransferRetention(on);
  await enqueueJobs(on.sql, [
    { kind: profileRefreshJob, key: "all" },
    { kind: dailyUtilityJob, key: "all" },
    { kind: sealOptInsJob, key: "all" },
  ]);
}
