import { Elysia } from "elysia";
import { guard } from "#auth";
import type { CampaignRouteDeps } from "./deps.ts";
import { launch } from "./launch.ts";
import { CampaignResponse, OfCampaign } from "./schema.ts";
import { cancel, pause, resume } from "./steer.ts";

const tags = ["campaigns"];

/** What starts, stops and ends a campaign. */
export function campaignControlRoutes(on: CampaignRouteDeps) {
  return new Elysia({
    name: "messaging.campaign_control",
    prefix: "/workspaces/:workspaceId/campaigns/:campaignId",
  })
    .use(guard(on))
    .post(
      "/launch",
      async function launchCampaign({ params: { workspaceId, campaignId }, principal }) {
        return { campaign: await launch(on, workspaceId, { campaignId, userId: principal.userId }) };
      },
      {
        can: "campaigns:send",
        params: OfCampaign,
        response: CampaignResponse,
        detail: {
          operationId: "launchCampaign",
          summary: "Launch a campaign",
          description: "At once, or when its schedule says. Two calls launch once: the second gets 409.",
          tags,
        },
      },
    )
    .post(
      "/pause",
      async function pauseCampaign({ params: { workspaceId, campaignId }, principal }) {
        return { campaign: await pause(on, workspaceId, { campaignId, by: principal }) };
      },
      {
        can: "campaigns:send",
        params: OfCampaign,
        response: CampaignResponse,
        detail: {
          operationId: "pauseCampaign",
          summary: "Pause a campaign",
          description: "Heard within a second; what is on its way arrives.",
          tags,
        },
      },
    )
    .post(
      "/resume",
      async function resumeCampaign({ params: { workspaceId, campaignId } }) {
        return { campaign: await resume(on, workspaceId, { campaignId }) };
      },
      {
        can: "campaigns:send",
        params: OfCampaign,
        response: CampaignResponse,
        detail: { operationId: "resumeCampaign", summary: "Resume a paused campaign", tags },
      },
    )
    .post(
      "/cancel",
      async function cancelCampaign({ params: { workspaceId, campaignId }, principal }) {
        return { campaign: await cancel(on, workspaceId, { campaignId, by: principal }) };
      },
      {
        can: "campaigns:send",
        params: OfCampaign,
        response: CampaignResponse,
        detail: {
          operationId: "cancelCampaign",
          summary: "Cancel a campaign",
          description: "What waits is never sent; what is on its way arrives.",
          tags,
        },
      },
    );
}
