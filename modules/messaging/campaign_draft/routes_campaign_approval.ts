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

/** Approval requests and decisions, and the actions on a campaign. */
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
          summary: "Request approval of a campaign",
          description: "Notifies managers and the owner. The draft must be complete.",
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
            "Approves the version of `updatedAt`: 409 `approval-changed` when it was changed since. The operator may then launch it; a change removes the approval. A draft must be complete and scheduled in the future. A scheduled campaign whose time has passed starts at once; a recurring one continues with its next time.",
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
          summary: "Return a campaign with a note",
          description: "Notifies the requester of the changes needed before approval.",
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
          summary: "List the actions on a campaign",
          description: "With author and time, newest first. `by` is null for automatic actions.",
          tags,
        },
      },
    );
}
