import type { JobHandler } from "#db";
import type { InboxDeps } from "./deps.ts";
import { seenJob, spamJob, wakeJob } from "./job_kinds.ts";
import { spamJobHandler } from "./spam.ts";
import { seenJobHandler } from "./typing.ts";
import { wakeJobHandler } from "./wake.ts";

/** Jobs of conversations: end of snooze, seen marks, spam. */
export function inboxJobs(on: Omit<InboxDeps, "rateLimiter" | "wakeDelivery">): Record<string, JobHandler> {
  return { [wakeJob]: wakeJobHandler(on), [seenJob]: seenJobHandler(on), [spamJob]: spamJobHandler(on) };
}
