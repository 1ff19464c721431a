import { enqueueJobs } from "#db";
import type { PageDeps } from "./deps.ts";

/** Checks every connected page once a day. */
export const dailyCheckJob = "pages.check_all";
/** Checks one page, and subscribes it again when Meta dropped something. */
export const checkJob = "page.check";

export const daySeconds = 24 * 3_600;

/** Makes sure that the daily check runs; asking again only moves the next one earlier. */
export async function scheduleChecks(on: Pick<PageDeps, "sql">): Promise<void> {
  await enqueueJobs(on.sql, [{ kind: dailyCheckJob, key: "all", afterSeconds: daySeconds }]);
}
