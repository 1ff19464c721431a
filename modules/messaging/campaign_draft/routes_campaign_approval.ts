import { Elysia } from "elysia";
import { guard } from "#auth";
import { PageQuery } from "#std";
import {
  actorOf,
  listActions,
  type CampaignRouteDeps,
  CampaignResponse,
  OfCampaign,
  ApproveBody,
  CampaignActionList,
  SendBackBody,
} from "../campaigns/mod.ts";
import { approve, askApproval, sendBack } from "./approval.ts";

const tags = ["campaigns"];

/** What operators ask and managers decide before a launch, and what was done to a campaign. */
export function campaignApprovalRoutes(on: CampaignRouteDeps) {
  return new Elysia({
    name: "messaging.campaign_approval",
    prefix: "/workspaces/:workspaceId/campaigns/:campaignId",
  })
    .use(guard(on))
    .post(
      "/ask-approval",
      async function postQuestion({ params: { workspaceId, campaignId }, principal }) {
        return { campaign: await askApproval(on, workspaceId, { campaignId, by: actorOf(principal) }) };
      },
      {
        can: "campaigns:launch",
        params: OfCampaign,
        response: CampaignResponse,
        detail: {
          operationId: "askApproval",
          summary: "Ask for an approval of a campaign",
          description: "Managers and the owner are told. The draft has to be complete.",
          tags,
        },
      },
    )
    .post(
      "/approve",
      async function approveCampaign({ params: { workspaceId, campaignId }, body, principal }) {
        const { updatedAt } = body;
        return {
          campaign: await approve(on, workspaceId, { campaignId, updatedAt, by: actorOf(principal) }),
        };
      },
      {
        can: "campaigns:send",
        params: OfCampaign,
        body: ApproveBody,
        response: CampaignResponse,
        detail: {
          operationId: "approveCampaign",
          summary: "Approve a campaign",
          description:
            "As it was read: 409 `approval-changed` when it was changed since `updatedAt`. Whoever asked may launch it then; a change takes the approval away. A draft has to be complete, and its time still to come. A scheduled campaign whose time passed meanwhile begins at once; what recurs goes on with its next time.",
          tags,
        },
      },
    )
    .post(
      "/send-back",
      async function sendCampaignBack({ params: { workspaceId, campaignId }, body, principal }) {
        const { note } = body;
        return { campaign: await sendBack(on, workspaceId, { campaignId, note, by: actorOf(principal) }) };
      },
      {
        can: "campaigns:send",
        params: OfCampaign,
        body: SendBackBody,
        response: CampaignResponse,
        detail: {
          operationId: "sendCampaignBack",
          summary: "Send a campaign back with a note",
          description: "Whoever asked for the approval is told what has to be changed first.",
          tags,
        },
      },
    )
    .get(
      "/actions",
      async function getActions({ params: { workspaceId, campaignId }, query }) {
        return await listActions(on, workspaceId, { ...query, campaignId });
      },
      {
        can: "campaigns:read",
        params: OfCampaign,
        query: PageQuery,
        response: CampaignActionList,
        detail: {
          operationId: "listCampaignActions",
          summary: "List what was done to a campaign",
          description: "By whom and when, newest first; `by` is null for what it did by itself.",
          tags,
        },
      },
    );
}
