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

/** Start, stop and end of campaigns. */
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
            "Starts at once or on its schedule. A second call gets 409. An operator gets 409 `approval-missing` when the workspace requires a manager's approval.",
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
            "Makes a campaign a draft again while it waits for its time or the end of its delay. After the start: 409 `campaign-begun`.",
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
          description: "Takes effect within a second. Messages already at Meta still arrive.",
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
          description: "Queued messages are never sent. Messages already at Meta still arrive.",
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
          summary: "Resend failed messages of a campaign",
          description:
            "Resends messages that failed before they were sent. Also includes contacts skipped because their page was disconnected, restricted or without an approved template and is now fixed, or because another app had control. Nobody gets the message twice.",
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
          description: "Sends this variant to the remaining recipients now.",
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
          summary: "Send a test of a campaign to a contact",
          description: "Sent under the same policy. Does not change the campaign's counts.",
          tags,
        },
      },
    );
}
