import type { JobHandler } from "#db";
import type { InboxDeps } from "./deps.ts";
import { seenJob, wakeJob } from "./job_kinds.ts";
import { seenJobHandler } from "./typing.ts";
import { wakeJobHandler } from "./wake.ts";

/** Handlers of the jobs that conversations cause: waking from snooze, and showing a person that they were seen. */
export function inboxJobs(on: Omit<InboxDeps, "rateLimiter" | "wakeDelivery">): Record<string, JobHandler> {
  return { [wakeJob]: wakeJobHandler(on), [seenJob]: seenJobHandler(on) };
}
