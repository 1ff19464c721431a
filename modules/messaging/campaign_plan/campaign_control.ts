import { cancelCampaign, pauseCampaign, resumeCampaign, sayOfCampaign } from "../campaign_state/mod.ts";
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
import { problem } from "./problems.ts";

export interface StateChange {
  campaignId: string;
  by: Actor;
}

/** Pauses a campaign until it is resumed; workers notice with their next claim. Throws 409 if it is not active. */
export async function pause(
  on: CampaignDeps,
  workspaceId: string,
  { campaignId, by }: StateChange,
): Promise<Campaign> {
  const { row } = await readCounted(on.sql, workspaceId, campaignId);
  await on.sql.begin(async (tx) => {
    if (
      !(await pauseCampaign(tx, {
        workspaceId,
        campaignId,
        reason: sayOfCampaign("paused-by", { name: by.name }).text,
      }))
    )
      throw problem("campaign-not-live", { name: row.name, status: row.status });
    await recordAction(tx, { workspaceId, campaignId, action: "paused", userId: by.userId });
  });
  return await publishCampaign(on, workspaceId, campaignId);
}

/**
 * Resumes a paused campaign; sent messages are not repeated. Earlier failures no longer count for the breakers.
 * Throws 409 if it is not paused.
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
    if (!(await resumeCampaign(tx, { workspaceId, campaignId, dueAt, isOver })))
      throw problem("campaign-not-paused", { name: row.name, status: row.status });
    await recordAction(tx, { workspaceId, campaignId, action: "resumed", userId: by.userId });
  });
  on.wakeDelivery();
  return await publishCampaign(on, workspaceId, campaignId);
}

/**
 * Ends a campaign: waiting messages are never sent, messages in flight arrive. The ticker marks the rows. Throws 409 when it is
 * over already, or not yet launched.
 */
export async function cancel(
  on: CampaignDeps,
  workspaceId: string,
  { campaignId, by }: StateChange,
): Promise<Campaign> {
  const { row } = await readCounted(on.sql, workspaceId, campaignId);
  await on.sql.begin(async (tx) => {
    if (
      !(await cancelCampaign(tx, {
        workspaceId,
        campaignId,
        reason: sayOfCampaign("cancelled-by", { name: by.name }).text,
      }))
    ) {
      throw problem("campaign-not-cancellable", { name: row.name, status: row.status });
    }
    await recordAction(tx, { workspaceId, campaignId, action: "cancelled", userId: by.userId });
  });
  return await publishCampaign(on, workspaceId, campaignId);
}
