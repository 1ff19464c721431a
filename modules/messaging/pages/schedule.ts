import { enqueueJobs, type Handle } from "#db";

/** Checks every connected page once a day. */
export const dailyCheckJob = "pages.check_all";
/** Checks one page, and subscribes it again when Meta dropped something. */
export const checkJob = "page.check";

export const daySeconds = 24 * 3_600;

/** Makes sure that the daily check runs; asking again only moves the next one earlier. */
export async function scheduleChecks(sql: Handle): Promise<void> {
  await enqueueJobs(sql, [{ kind: dailyCheckJob, key: "all", afterSeconds: daySeconds }]);
}
