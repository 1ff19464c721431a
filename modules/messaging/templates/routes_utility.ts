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
      async function getUtilityTemplates({ params, query }) {
        return await listUtility(on, params.workspaceId, query);
      },
      {
        can: "campaigns:read",
        params: InWorkspace,
        query: UtilityQuery,
        response: UtilityTemplateList,
        detail: {
          operationId: "listUtilityTemplates",
          summary: "List utility templates",
          description: "One item per page, name and language, as Meta last told.",
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
          summary: "Which pages have a utility template",
          description:
            "Each connected page with the template's status on it. Campaigns send on pages where it is APPROVED and skip people of the others with `no-template`.",
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
            "Answers are up to ten minutes old. 429 after 30 new searches of a workspace in a minute.",
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
          summary: "Ask Meta for a utility template",
          description:
            "On each of the pages; `status` tells by and by what Meta's review says. 422 `template-invalid` lists in `errors` what it would refuse for its form.",
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
          summary: "Read utility templates from Meta again",
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
          description: "On its page at Meta, and here.",
          tags,
        },
      },
    );
}
