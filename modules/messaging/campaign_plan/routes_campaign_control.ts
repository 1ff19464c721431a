import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { guard } from "#auth";
import {
  actorOf,
  type CampaignRouteDeps,
  CampaignResponse,
  LaunchBody,
  OfCampaign,
  TestSendBody,
  TestSendResponse,
  WinnerBody,
} from "../campaigns/mod.ts";
import { launch } from "./launch.ts";
import { resendFailed } from "./resend.ts";
import { chooseWinner } from "./split.ts";
import { cancel, pause, resume } from "./campaign_control.ts";
import { sendTest } from "../campaign_draft/mod.ts";
import { undoLaunch } from "./undo_launch.ts";

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
      async function launchCampaign({ params: { workspaceId, campaignId }, body, principal }) {
        const { delaySeconds } = body ?? {};
        const by = actorOf(principal);
        return { campaign: await launch(on, workspaceId, { campaignId, by, delaySeconds }) };
      },
      {
        can: "campaigns:launch",
        params: OfCampaign,
        body: Type.Optional(LaunchBody),
        response: CampaignResponse,
        detail: {
          operationId: "launchCampaign",
          summary: "Launch a campaign",
          description:
            "At once, or when its schedule says. Two calls launch once: the second gets 409. An operator gets 409 `approval-missing` where the workspace asks for a manager's approval.",
          tags,
        },
      },
    )
    .post(
      "/undo-launch",
      async function postUndoLaunch({ params: { workspaceId, campaignId }, principal }) {
        return { campaign: await undoLaunch(on, workspaceId, { campaignId, by: actorOf(principal) }) };
      },
      {
        can: "campaigns:launch",
        params: OfCampaign,
        response: CampaignResponse,
        detail: {
          operationId: "undoLaunch",
          summary: "Undo a launch",
          description:
            "Makes a campaign that waits for its time, or for the end of its delay, a draft again. One that has begun answers 409 `campaign-begun`.",
          tags,
        },
      },
    )
    .post(
      "/pause",
      async function pauseCampaign({ params: { workspaceId, campaignId }, principal }) {
        return { campaign: await pause(on, workspaceId, { campaignId, by: actorOf(principal) }) };
      },
      {
        can: "campaigns:launch",
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
      async function resumeCampaign({ params: { workspaceId, campaignId }, principal }) {
        return { campaign: await resume(on, workspaceId, { campaignId, by: actorOf(principal) }) };
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
        return { campaign: await cancel(on, workspaceId, { campaignId, by: actorOf(principal) }) };
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
    )
    .post(
      "/resend-failed",
      async function resendCampaign({ params: { workspaceId, campaignId }, principal }) {
        return { campaign: await resendFailed(on, workspaceId, { campaignId, by: actorOf(principal) }) };
      },
      {
        can: "campaigns:send",
        params: OfCampaign,
        response: CampaignResponse,
        detail: {
          operationId: "resendFailed",
          summary: "Send a campaign again to whom it failed",
          description:
            "Only what failed without having been sent, and whom a page kept out that is mended now: disconnected, restricted, or without an approved template. Also people whom another app answered. Still nobody gets it twice.",
          tags,
        },
      },
    )
    .post(
      "/choose-winner",
      async function postWinner({ params: { workspaceId, campaignId }, body: { variant }, principal }) {
        const by = actorOf(principal);
        return { campaign: await chooseWinner(on, workspaceId, { campaignId, variant, by }) };
      },
      {
        can: "campaigns:send",
        params: OfCampaign,
        body: WinnerBody,
        response: CampaignResponse,
        detail: {
          operationId: "chooseWinner",
          summary: "Choose the winner of a split test",
          description: "Those who were held back get this variant now.",
          tags,
        },
      },
    )
    .post(
      "/test",
      async function testCampaign({ params: { workspaceId, campaignId }, body }) {
        const { contactId, variant = 0 } = body;
        const { messageId } = await sendTest(on, workspaceId, { campaignId, contactId, variant });
        return { messageId, conversationId: contactId };
      },
      {
        can: "campaigns:launch",
        params: OfCampaign,
        body: TestSendBody,
        response: TestSendResponse,
        detail: {
          operationId: "sendTest",
          summary: "Send a campaign's message to one contact as a test",
          description: "By the same ledger and policy; the campaign itself knows nothing of it.",
          tags,
        },
      },
    );
}
