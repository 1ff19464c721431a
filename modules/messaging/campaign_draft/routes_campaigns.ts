import { Elysia } from "elysia";
import { guard } from "#auth";
import { InWorkspace, OkResponse } from "#std";
import {
  actorOf,
  readCampaign,
  type CampaignRouteDeps,
  CampaignChangeBody,
  CampaignList,
  CampaignResponse,
  CampaignsQuery,
  NewCampaignBody,
  OfCampaign,
} from "../campaigns/mod.ts";
import { readCalendar } from "./calendar.ts";
import { listCampaigns } from "./campaign_list.ts";
import { archive, changeDraft, createDraft, deleteDraft, duplicate } from "./draft.ts";
import { CalendarQuery, CalendarResponse } from "./schema_calendar.ts";

const tags = ["campaigns"];

/** Campaigns as people write and keep them: drafts, the list, copies, the archive. */
export function campaignsRoutes(on: CampaignRouteDeps) {
  return new Elysia({ name: "messaging.campaigns", prefix: "/workspaces/:workspaceId/campaigns" })
    .use(guard(on))
    .post(
      "",
      async function postCampaign({ params: { workspaceId }, body, principal, set }) {
        const campaignId = await createDraft(on, workspaceId, { body, userId: principal.userId });
        set.status = 201;
        return { campaign: await readCampaign(on, workspaceId, campaignId) };
      },
      {
        can: "campaigns:draft",
        params: InWorkspace,
        body: NewCampaignBody,
        response: { 201: CampaignResponse },
        detail: {
          operationId: "createCampaign",
          summary: "Create a campaign",
          description:
            "Creates a draft; launch it to send. Pass exactly one of `content`, `templateId` and `variants`. The weights of variants add up to 100.",
          tags,
        },
      },
    )
    .get(
      "",
      async function getCampaigns({ params, query }) {
        return await listCampaigns(on, params.workspaceId, query);
      },
      {
        can: "campaigns:read",
        params: InWorkspace,
        query: CampaignsQuery,
        response: CampaignList,
        detail: {
          operationId: "listCampaigns",
          summary: "List campaigns",
          description: "Newest first. Archived ones only with `archived=true`.",
          tags,
        },
      },
    )
    .get(
      "/calendar",
      async function getCalendar({ params, query }) {
        return await readCalendar(on, params.workspaceId, query);
      },
      {
        can: "campaigns:read",
        params: InWorkspace,
        query: CalendarQuery,
        response: CalendarResponse,
        detail: {
          operationId: "readCalendar",
          summary: "Get the campaign calendar",
          description: "Past and scheduled campaigns, oldest first. At most 100 days per request.",
          tags,
        },
      },
    )
    .get(
      "/:campaignId",
      async function getCampaign({ params }) {
        return { campaign: await readCampaign(on, params.workspaceId, params.campaignId) };
      },
      {
        can: "campaigns:read",
        params: OfCampaign,
        response: CampaignResponse,
        detail: {
          operationId: "readCampaign",
          summary: "Get a campaign",
          description:
            "Includes its counts: planned = queued + sending + sent + failed + skipped + cancelled + unknown.",
          tags,
        },
      },
    )
    .patch(
      "/:campaignId",
      async function patchCampaign({ params: { workspaceId, campaignId }, body, principal }) {
        await changeDraft(on, workspaceId, { campaignId, body, by: actorOf(principal) });
        return { campaign: await readCampaign(on, workspaceId, campaignId) };
      },
      {
        can: "campaigns:draft",
        params: OfCampaign,
        body: CampaignChangeBody,
        response: CampaignResponse,
        detail: {
          operationId: "changeCampaign",
          summary: "Change a campaign",
          description:
            "Only a draft, or a scheduled campaign before its start. Removes its approval; a scheduled campaign changed by an operator waits for a new approval.",
          tags,
        },
      },
    )
    .post(
      "/:campaignId/duplicate",
      async function copyCampaign({ params: { workspaceId, campaignId }, principal, set }) {
        const id = await duplicate(on, workspaceId, { campaignId, userId: principal.userId });
        set.status = 201;
        return { campaign: await readCampaign(on, workspaceId, id) };
      },
      {
        can: "campaigns:draft",
        params: OfCampaign,
        response: { 201: CampaignResponse },
        detail: {
          operationId: "duplicateCampaign",
          summary: "Duplicate a campaign",
          description: "Creates a draft with the same audience, content and options, without the schedule.",
          tags,
        },
      },
    )
    .post(
      "/:campaignId/archive",
      async function archiveCampaign({ params: { workspaceId, campaignId } }) {
        await archive(on, workspaceId, { campaignId, isArchived: true });
        return { campaign: await readCampaign(on, workspaceId, campaignId) };
      },
      {
        can: "campaigns:draft",
        params: OfCampaign,
        response: CampaignResponse,
        detail: {
          operationId: "archiveCampaign",
          summary: "Archive a finished campaign or a draft",
          tags,
        },
      },
    )
    .post(
      "/:campaignId/unarchive",
      async function unarchiveCampaign({ params: { workspaceId, campaignId } }) {
        await archive(on, workspaceId, { campaignId, isArchived: false });
        return { campaign: await readCampaign(on, workspaceId, campaignId) };
      },
      {
        can: "campaigns:draft",
        params: OfCampaign,
        response: CampaignResponse,
        detail: { operationId: "unarchiveCampaign", summary: "Unarchive a campaign", tags },
      },
    )
    .delete(
      "/:campaignId",
      async function removeCampaign({ params }) {
        await deleteDraft(on, params.workspaceId, params.campaignId);
        return { ok: true };
      },
      {
        can: "campaigns:draft",
        params: OfCampaign,
        response: OkResponse,
        detail: { operationId: "deleteCampaign", summary: "Delete a campaign draft", tags },
      },
    );
}
