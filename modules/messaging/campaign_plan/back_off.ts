import { log, outageOf, Problem } from "#std";
import { recordFailure, byItself, sayOfCampaign } from "../campaign_state/mod.ts";
import { publishCampaign, type CampaignDeps } from "../campaigns/mod.ts";

const backOffSeconds = 20;
const mostFailures = 3;

export interface FailedWork {
  id: string;
  workspace_id: string;
  /** The failed step. */
  what: "start" | "plan";
}

/**
 * Puts a campaign whose work failed into back-off, so that it does not hold up the others. The third time in a row it
 * is paused, and people are notified; at once if something that it names is gone, which is a Problem. Throws the error when not
 * the campaign failed but the database.
 */
export async function backOff(
  on: CampaignDeps,
  { id, workspace_id: workspaceId, what }: FailedWork,
  error: unknown,
): Promise<void> {
  const outage = outageOf(error);
  if (outage !== null && outage.code !== "took-too-long") throw error;
  log.error("Cannot go on with a campaign; the others go on", { campaignId: id, what, error });
  const most = error instanceof Problem ? 1 : mostFailures;
  const reason = reasonOf(error, { what, isSlow: outage !== null });
  if (await recordFailure(on.sql, { campaignId: id, reason, most, backOffSeconds }))
    await publishCampaign(on, workspaceId, id);
}

function reasonOf(error: unknown, { what: work, isSlow }: { what: string; isSlow: boolean }): string {
  if (error instanceof Problem) return byItself(sayOfCampaign("paused-problem", { problem: error.message }));
  const values = { work, times: mostFailures };
  return byItself(sayOfCampaign(isSlow ? "paused-slow" : "paused-failing", values));
}
