import { Elysia } from "elysia";
import { guard } from "#auth";
import { InWorkspace, OkResponse } from "#std";
import type { InboxDeps } from "./deps.ts";
import { NewView, OfView, SavedViewResponse, SavedViews, ViewCounts } from "./schema_views.ts";
import { countViews } from "./view_counts.ts";
import { deleteView, listViews, saveView } from "./view_store.ts";

const tags = ["conversations"];

/** The caller's saved inbox views. */
export function viewsRoutes(on: InboxDeps) {
  return new Elysia({ name: "messaging.views", prefix: "/workspaces/:workspaceId/views" })
    .use(guard(on))
    .get(
      "",
      async function getViews({ params: { workspaceId }, principal: { userId } }) {
        return { items: await listViews(on, { workspaceId, userId }) };
      },
      {
        can: "conversations:read",
        params: InWorkspace,
        response: SavedViews,
        detail: { operationId: "listViews", summary: "List your saved inbox views", tags },
      },
    )
    .get(
      "/counts",
      async function getCounts({ params: { workspaceId }, principal }) {
        return await countViews(on, { workspaceId, userId: principal.userId }, principal);
      },
      {
        can: "conversations:read",
        params: InWorkspace,
        response: ViewCounts,
        detail: {
          operationId: "countViews",
          summary: "Count the conversations of views and pages",
          description:
            "Your saved views, and the open conversations of each page. Each count stops at 1,000.",
          tags,
        },
      },
    )
    .post(
      "",
      async function postView({ params: { workspaceId }, body, principal: { userId }, set }) {
        set.status = 201;
        return { view: await saveView(on, { workspaceId, userId }, body) };
      },
      {
        can: "conversations:work",
        params: InWorkspace,
        body: NewView,
        response: { 201: SavedViewResponse },
        detail: {
          operationId: "saveView",
          summary: "Save an inbox view",
          description: "Visible only to you. Replaces your view of the same name. At most 30.",
          tags,
        },
      },
    )
    .delete(
      "/:viewId",
      async function removeView({ params: { workspaceId, viewId }, principal: { userId } }) {
        await deleteView(on, { workspaceId, userId }, viewId);
        return { ok: true };
      },
      {
        can: "conversations:work",
        params: OfView,
        response: OkResponse,
        detail: { operationId: "deleteView", summary: "Delete one of your saved views", tags },
      },
    );
}
