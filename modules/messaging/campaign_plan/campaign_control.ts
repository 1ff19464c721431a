import { Problem } from "#std";
import { zoneOf } from "../contacts/mod.ts";
import { wakeCampaign } from "../delivery/mod.ts";
import {
  type Actor,
  recordAction,
  publishCampaign,
  readCounted,
  readStored,
  type CampaignDeps,
  afterStandstill,
  type Campaign,
} from "../campaigns/mod.ts";

export interface StateChange {
  campaignId: string;
  by: Actor;
}

const refused = (what: string, name: string, status: string, remedy: string) =>
  new Problem(
    `campaign-not-${what}`,
    409,
    `Cannot change the state of campaign "${name}": it is ${status}. ${remedy}`,
    {
      remedy,
    },
  );

/** Stops a campaign until somebody resumes it; workers hear it with their next claim. Throws 409 when it is not live. */
export async function pause(
  on: CampaignDeps,
  workspaceId: string,
  { campaignId, by }: StateChange,
): Promise<Campaign> {
  const { row } = await readCounted(on.sql, workspaceId, campaignId);
  await on.sql.begin(async (tx) => {
    const paused = await tx`
      update messaging.campaigns
      set status = 'paused', paused_from = status, status_reason = ${`Paused by ${by.name}`},
          status_at = clock_timestamp(), updated_at = clock_timestamp()
      where workspace_id = ${workspaceId} and id = ${campaignId} and status in ('scheduled', 'planning', 'running')
      returning id`;
    if (paused.length === 0)
      throw refused("live", row.name, row.status, "Only a campaign that is under way can be paused");
    await recordAction(tx, { workspaceId, campaignId, action: "paused", userId: by.userId });
  });
  return await publishCampaign(on, workspaceId, campaignId);
}

/**
 * Goes on where a pause stopped it; what was sent is not sent again. What failed until now stops it no more: whoever
 * resumes has looked at it. Throws 409 when it is not paused.
 */
export async function resume(
  on: CampaignDeps,
  workspaceId: string,
  { campaignId, by }: StateChange,
): Promise<Campaign> {
  const { row } = await readCounted(on.sql, workspaceId, campaignId);
  const zone = await zoneOf(on.sql, workspaceId);
  const { dueAt, isOver } = afterStandstill(readStored(row).schedule, { now: on.clock(), zone });
  await on.sql.begin(async (tx) => {
    // Lanes before the campaign's own row, as the claim takes them.
    await wakeCampaign(tx, { workspaceId, campaignId });
    const resumed = await tx`
      update messaging.campaigns
      set status = case when ${isOver} then 'completed' else paused_from end, paused_from = null, status_reason = null,
          finished_at = case when ${isOver} then clock_timestamp() end, status_at = clock_timestamp(),
          due_at = coalesce(${dueAt}::timestamptz, due_at), recent = '[]',
          updated_at = clock_timestamp()
      where workspace_id = ${workspaceId} and id = ${campaignId} and status = 'paused' returning id`;
    if (resumed.length === 0)
      throw refused("paused", row.name, row.status, "Only a paused campaign can be resumed");
    await recordAction(tx, { workspaceId, campaignId, action: "resumed", userId: by.userId });
  });
  on.wakeDelivery();
  return await publishCampaign(on, workspaceId, campaignId);
}

/**
 * Ends a campaign: what waits is never sent, what is on its way arrives. The clock marks the rows. Throws 409 when it is
 * over already, or not yet launched.
 */
export async function cancel(
  on: CampaignDeps,
  workspaceId: string,
  { campaignId, by }: StateChange,
): Promise<Campaign> {
  const { row } = await readCounted(on.sql, workspaceId, campaignId);
  await on.sql.begin(async (tx) => {
    const cancelled = await tx`
      update messaging.campaigns
      set status = 'cancelled', paused_from = null, status_reason = ${`Cancelled by ${by.name}`},
          status_at = clock_timestamp(), finished_at = clock_timestamp(), updated_at = clock_timestamp()
      where workspace_id = ${workspaceId} and id = ${campaignId}
        and status in ('scheduled', 'planning', 'running', 'paused')
      returning id`;
    if (cancelled.length === 0) {
      const remedy = row.status === "draft" ? "Delete a draft instead" : "There is nothing left to cancel";
      throw refused("live", row.name, row.status, remedy);
    }
    await recordAction(tx, { workspaceId, campaignId, action: "cancelled", userId: by.userId });
  });
  return await publishCampaign(on, workspaceId, campaignId);
}
