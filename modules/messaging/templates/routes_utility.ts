import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { type AuthDeps, guard } from "#auth";
import { createRecall, Uuid, InWorkspace, OkResponse } from "#std";
import type { MessagingDeps } from "../deps.ts";
import {
  CloneUtilityTemplate,
  CoverageQuery,
  CoverageResponse,
  LibraryTemplates,
  LibraryTemplatesQuery,
  NewUtilityTemplate,
  RefreshBody,
  RefreshResponse,
  UtilityQuery,
  UtilityTemplateList,
  UtilityTemplates,
} from "./schema_utility.ts";
import {
  cloneUtility,
  createUtility,
  deleteUtility,
  type LibrarySearches,
  refreshUtility,
  searchMetaLibrary,
} from "./utility_manage.ts";
import { listUtility, readCoverage } from "./utility_store.ts";

const OfUtility = Type.Object({ workspaceId: Uuid, utilityTemplateId: Uuid });
const tags = ["templates"];

type UtilityRouteDeps = Pick<AuthDeps, "sql" | "clock" | "config" | "rateLimiter"> &
  Pick<MessagingDeps, "sql" | "graph" | "keyring">;

/** Meta's utility templates on the pages of a workspace: the only messages that may go out at any time. */
export function utilityRoutes(on: UtilityRouteDeps) {
  const searches: LibrarySearches = createRecall(on.clock);
  return new Elysia({ name: "messaging.utility", prefix: "/workspaces/:workspaceId/utility-templates" })
    .use(guard(on))
    .get(
      "",
      async function getUtilityTemplates({ params, query, principal }) {
        return await listUtility(on, params.workspaceId, { ...query, viewer: principal });
      },
      {
        can: "campaigns:read",
        params: InWorkspace,
        query: UtilityQuery,
        response: UtilityTemplateList,
        detail: {
          operationId: "listUtilityTemplates",
          summary: "List utility templates",
          description: "One item per page, name and language, as last read from Meta.",
          tags,
        },
      },
    )
    .get(
      "/coverage",
      async function getCoverage({ params, query }) {
        return { items: await readCoverage(on, params.workspaceId, query) };
      },
      {
        can: "campaigns:read",
        params: InWorkspace,
        query: CoverageQuery,
        response: CoverageResponse,
        detail: {
          operationId: "readUtilityCoverage",
          summary: "List the pages that have a utility template",
          description:
            "All connected pages, each with the template's status. Campaigns send on pages where it is APPROVED and skip contacts of other pages with `no-template`.",
          tags,
        },
      },
    )
    .get(
      "/library",
      async function getLibraryTemplates({ params, query }) {
        return { items: await searchMetaLibrary({ ...on, searches }, params.workspaceId, query) };
      },
      {
        can: "campaigns:read",
        params: InWorkspace,
        query: LibraryTemplatesQuery,
        response: LibraryTemplates,
        detail: {
          operationId: "searchUtilityLibrary",
          summary: "Search Meta's library of utility templates",
          description:
            "Results are up to ten minutes old. 429 after 30 new searches per workspace and minute.",
          tags,
        },
      },
    )
    .post(
      "",
      async function postUtilityTemplate({ params, body, set }) {
        set.status = 202;
        return { items: await createUtility(on, params.workspaceId, body) };
      },
      {
        can: "templates:manage",
        params: InWorkspace,
        body: NewUtilityTemplate,
        response: { 202: UtilityTemplates },
        detail: {
          operationId: "createUtilityTemplate",
          summary: "Create a utility template",
          description:
            "Creates it at Meta on each page; `status` shows the progress of Meta's review. 422 `template-invalid` lists errors of form in `errors`.",
          tags,
        },
      },
    )
    .post(
      "/clone",
      async function postClone({ params, body, set }) {
        set.status = 202;
        return { items: await cloneUtility(on, params.workspaceId, body) };
      },
      {
        can: "templates:manage",
        params: InWorkspace,
        body: CloneUtilityTemplate,
        response: { 202: UtilityTemplates },
        detail: {
          operationId: "cloneUtilityTemplate",
          summary: "Clone a utility template from Meta's library",
          tags,
        },
      },
    )
    .post(
      "/refresh",
      async function postRefresh({ params, body, set }) {
        set.status = 202;
        return { pages: await refreshUtility(on, params.workspaceId, body.pageIds) };
      },
      {
        can: "templates:manage",
        params: InWorkspace,
        body: RefreshBody,
        response: { 202: RefreshResponse },
        detail: {
          operationId: "refreshUtilityTemplates",
          summary: "Refresh utility templates from Meta",
          tags,
        },
      },
    )
    .delete(
      "/:utilityTemplateId",
      async function removeUtilityTemplate({ params }) {
        await deleteUtility(on, params.workspaceId, params.utilityTemplateId);
        return { ok: true };
      },
      {
        can: "templates:manage",
        params: OfUtility,
        response: OkResponse,
        detail: {
          operationId: "deleteUtilityTemplate",
          summary: "Delete a utility template",
          description: "At Meta on its page, and here.",
          tags,
        },
      },
    );
}
