import { workspaceChannel } from "../deps.ts";
import { readCounted } from "./campaign_rows.ts";
import { viewCampaign } from "./campaign_view.ts";
import type { CampaignDeps } from "./deps.ts";
import type { Campaign } from "./schema.ts";

/** One campaign as the API shows it. */
export async function readCampaign(
  on: Pick<CampaignDeps, "sql">,
  workspaceId: string,
  campaignId: string,
): Promise<Campaign> {
  const { row, unfolded } = await readCounted(on.sql, workspaceId, campaignId);
  return viewCampaign(row, unfolded);
}

/** The same, told to the workspace's screens too: its status has changed. */
export async function publishCampaign(
  on: Pick<CampaignDeps, "sql" | "live">,
  workspaceId: string,
  campaignId: string,
): Promise<Campaign> {
  const campaign = await readCampaign(on, workspaceId, campaignId);
  const { status, counts } = campaign;
  await on.live.publish(workspaceChannel(workspaceId), [
    { name: "campaign", data: { campaignId, status, counts } },
  ]);
  return campaign;
}
