import { Elysia } from "elysia";
import { guard } from "#auth";
import { InWorkspace } from "#std";
import type { CampaignRouteDeps } from "../campaigns/mod.ts";
import { previewAudience, previewContacts } from "./preview.ts";
import { AudienceQuestion, ContactsQuestion, ContactsResponse, PreviewResponse } from "./schema_audience.ts";

const tags = ["campaigns"];
const previews = {
  can: "campaigns:read",
  params: InWorkspace,
  body: ContactsQuestion,
  response: ContactsResponse,
} as const;
const summaryOfContacts = "List contacts that a campaign would skip for a reason";

/** The audience of a campaign, before anything is sent. */
export function audienceRoutes(on: CampaignRouteDeps) {
  return (
    new Elysia({ name: "messaging.audience", prefix: "/workspaces/:workspaceId/audience" })
      .use(guard(on))
      .post(
        "/preview",
        async function postPreview({ params, body }) {
          return await previewAudience(on, params.workspaceId, body);
        },
        {
          can: "campaigns:read",
          params: InWorkspace,
          body: AudienceQuestion,
          response: PreviewResponse,
          detail: {
            operationId: "previewAudience",
            summary: "Preview a campaign's audience",
            description:
              "Counts the contacts that it would reach now, the reasons for skipped ones, and the funnel between them.",
            tags,
          },
        },
      )
      .post(
        "/preview/contacts",
        async function postPreviewContacts({ params, body }) {
          return await previewContacts(on, params.workspaceId, body);
        },
        { ...previews, detail: { operationId: "previewContacts", summary: summaryOfContacts, tags } },
      )
      // The path of 0.2.0.
      .post(
        "/preview/people",
        async function postPreviewPeople({ params, body }) {
          return await previewContacts(on, params.workspaceId, body);
        },
        { ...previews, detail: { operationId: "previewPeople", summary: summaryOfContacts, hide: true } },
      )
  );
}
