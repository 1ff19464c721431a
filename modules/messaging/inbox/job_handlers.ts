import type { JobHandler } from "#db";
import type { InboxDeps } from "./deps.ts";
import { seenJob, spamJob, wakeJob } from "./job_kinds.ts";
import { spamJobHandler } from "./spam.ts";
import { seenJobHandler } from "./typing.ts";
import { wakeJobHandler } from "./wake.ts";

/** Handlers of the jobs that conversations cause: waking from snooze, showing a person that they were seen, spam. */
export function inboxJobs(on: Omit<InboxDeps, "rateLimiter" | "wakeDelivery">): Record<string, JobHandler> {
  return { [wakeJob]: wakeJobHandler(on), [seenJob]: seenJobHandler(on), [spamJob]: spamJobHandler(on) };
}
