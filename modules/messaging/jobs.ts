import { enqueueJobs, type JobHandler } from "#db";
import type { MessagingDeps } from "./deps.ts";
import { bulkHandler, bulkJob } from "./contacts/bulk.ts";
import {
  allEngagementHandler,
  allEngagementJob,
  recentEngagementHandler,
  recentEngagementJob,
  scheduleEngagement,
} from "./contacts/engagement_jobs.ts";
import { exportHandler, exportJob } from "./contacts/export_job.ts";
import { importHandler } from "./contacts/import_job.ts";
import { bulkUndoHandler } from "./contacts/bulk_undo.ts";
import { bulkUndoJob, importJob, importUndoJob, segmentOfFileJob } from "./contacts/import_options.ts";
import { importUndoHandler } from "./contacts/import_undo.ts";
import {
  scheduleTransferRetention,
  transferRetentionHandler,
  transferRetentionJob,
} from "./contacts/transfer_retention.ts";
import { historyHandler } from "./history/history_job.ts";
import { historyJob } from "./history/history_store.ts";
import { inboxJobs } from "./inbox/job_handlers.ts";
import { sealOptInsHandler, sealOptInsJob } from "./inbox/opt_in_job.ts";
import { attachmentHandler, attachmentJob } from "./media/attachment_job.ts";
import { profileHandler, profileJob } from "./media/profile_job.ts";
import { profileRefreshHandler, profileRefreshJob } from "./media/profile_refresh.ts";
import { removalHandler, removalJob } from "./media/removal_job.ts";
import { publishProfileJob, readProfileJob } from "./messenger_profile/job_kinds.ts";
import { publishProfileHandler, readProfileHandler } from "./messenger_profile/profile_jobs.ts";
import { checkHandler, dailyCheckHandler } from "./pages/check_job.ts";
import { checkJob, dailyCheckJob, scheduleChecks } from "./pages/schedule.ts";
import { segmentOfFileHandler } from "./segments/segment_of_file.ts";
import { uploadHandler, uploadJob } from "./templates/media_uploads.ts";
import {
  createUtilityHandler,
  createUtilityJob,
  dailyUtilityHandler,
  dailyUtilityJob,
  refreshUtilityHandler,
  refreshUtilityJob,
} from "./templates/utility_jobs.ts";

/** Handlers of all jobs of messaging, by kind. */
export function jobHandlers(on: MessagingDeps): Record<string, JobHandler> {
  return {
    ...inboxJobs(on),
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
export async function scheduleDaily(on: Pick<MessagingDeps, "db">): Promise<void> {
  await scheduleChecks(on);
  await scheduleEngagement(on);
  await scheduleTransferRetention(on);
  await enqueueJobs(on.db, [
    { kind: profileRefreshJob, key: "all" },
    { kind: dailyUtilityJob, key: "all" },
    { kind: sealOptInsJob, key: "all" },
  ]);
}
