import { Elysia } from "elysia";
import { guard } from "#auth";
import { type CampaignRouteDeps, OfCampaign } from "../campaigns/mod.ts";
import { listRecipients } from "./recipients.ts";
import { readResults } from "./results.ts";
import { RecipientList, RecipientsQuery, ResultsResponse } from "./schema_results.ts";

const tags = ["campaigns"];

/** The outcome of a campaign: by recipient and in figures. */
export function campaignResultsRoutes(on: CampaignRouteDeps) {
  return new Elysia({
    name: "messaging.campaign_results",
    prefix: "/workspaces/:workspaceId/campaigns/:campaignId",
  })
    .use(guard(on))
    .get(
      "/recipients",
      async function getRecipients({ params: { workspaceId, campaignId }, query }) {
        return await listRecipients(on, workspaceId, { ...query, campaignId });
      },
      {
        can: "campaigns:read",
        params: OfCampaign,
        query: RecipientsQuery,
        response: RecipientList,
        detail: {
          operationId: "listRecipients",
          summary: "List the recipients of a campaign",
          description: "All planned recipients by page, each with its status, reason and remedy.",
          tags,
        },
      },
    )
    .get(
      "/results",
      async function getResults({ params }) {
        return await readResults(on, params.workspaceId, params.campaignId);
      },
      {
        can: "campaigns:read",
        params: OfCampaign,
        response: ResultsResponse,
        detail: {
          operationId: "readCampaignResults",
          summary: "Get campaign results",
          description: "By reason, page, variant (with 95 % confidence intervals) and minute.",
          tags,
        },
      },
    );
}
