import { type Problem } from "#std";
import { undoScheduled } from "../campaign_state/mod.ts";
import {
  type Actor,
  recordAction,
  publishCampaign,
  readCounted,
  readStored,
  type CampaignDeps,
  type Campaign,
} from "../campaigns/mod.ts";
import { problem } from "./problems.ts";

/**
 * Makes a launched campaign that has not begun a draft again, as it was written: one compare-and-set, so that either
 * the undo or the start wins. An approval that the launch decided on is asked for again. Throws 409 `campaign-begun`.
 */
export async function undoLaunch(
  on: CampaignDeps,
  workspaceId: string,
  { campaignId, by }: { campaignId: string; by: Actor },
): Promise<Campaign> {
  const { row } = await readCounted(on.sql, workspaceId, campaignId);
  const { variants, schedule, before } = readStored(row);
  const draft = { variants: before?.variants ?? variants };
  const written = before === null ? schedule : before.schedule;
  const isAsked = before?.isAsked === true;
  await on.sql.begin(async (tx) => {
    // A statement of its own: the next one sees the occurrence of a start that held the row before.
    await tx`select from messaging.campaigns where workspace_id = ${workspaceId} and id = ${campaignId} for update`;
    const isUndone = await undoScheduled(tx, {
      workspaceId,
      campaignId,
      readAt: row.updatedAt,
      draft,
      schedule: written,
      isAsked,
    });
    if (!isUndone) throw begun(row.name);
    await tx`delete from messaging.campaign_variants where campaign_id = ${campaignId}`;
    await recordAction(tx, { workspaceId, campaignId, action: "launch-undone", userId: by.userId });
  });
  return await publishCampaign(on, workspaceId, campaignId);
}

function begun(name: string): Problem {
  return problem("campaign-begun", { name });
}
