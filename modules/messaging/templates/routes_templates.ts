import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { type AuthDeps, guard } from "#auth";
import { Uuid, InWorkspace, OkResponse } from "#std";
import type { MessagingDeps } from "../deps.ts";
import { previewContent } from "./preview.ts";
import {
  NewTemplate,
  PreviewBody,
  PreviewResponse,
  TemplateChange,
  TemplateList,
  TemplateResponse,
  TemplatesQuery,
} from "./schema.ts";
import {
  changeTemplate,
  createTemplate,
  deleteTemplate,
  duplicateTemplate,
  listTemplates,
  readTemplate,
} from "./template_store.ts";

const OfTemplate = Type.Object({ workspaceId: Uuid, templateId: Uuid });
const tags = ["templates"];

/** Saved templates of a workspace, and message previews. */
export function templatesRoutes(on: Pick<AuthDeps, "sql" | "clock"> & Pick<MessagingDeps, "sql" | "config">) {
  return new Elysia({ name: "messaging.templates", prefix: "/workspaces/:workspaceId/templates" })
    .use(guard(on))
    .get(
      "",
      async function getTemplates({ params, query }) {
        return await listTemplates(on, params.workspaceId, query);
      },
      {
        can: "campaigns:read",
        params: InWorkspace,
        query: TemplatesQuery,
        response: TemplateList,
        detail: {
          operationId: "listTemplates",
          summary: "List saved templates",
          description:
            "Sorted by name. `search` matches any part of the name, which is also the shortcut in the inbox.",
          tags,
        },
      },
    )
    .post(
      "",
      async function postTemplate({ params, body, principal, set }) {
        set.status = 201;
        return { template: await createTemplate(on, params.workspaceId, { ...body, by: principal }) };
      },
      {
        can: "templates:manage",
        params: InWorkspace,
        body: NewTemplate,
        response: { 201: TemplateResponse },
        detail: {
          operationId: "createTemplate",
          summary: "Create a template",
          description: "422 `content-invalid` lists each exceeded limit of Meta and its place in `errors`.",
          tags,
        },
      },
    )
    .post(
      "/preview",
      async function postPreview({ params, body, principal }) {
        return await previewContent(on, params.workspaceId, { ...body, viewer: principal });
      },
      {
        can: "campaigns:read",
        params: InWorkspace,
        body: PreviewBody,
        response: PreviewResponse,
        detail: {
          operationId: "previewContent",
          summary: "Preview a message",
          description:
            "Returns the message for this contact as Meta's Send API takes it, or its errors. Without a contact, variables take their fallbacks. Sends nothing.",
          tags,
        },
      },
    )
    .get(
      "/:templateId",
      async function getTemplate({ params }) {
        return { template: await readTemplate(on, params.workspaceId, params.templateId) };
      },
      {
        can: "campaigns:read",
        params: OfTemplate,
        response: TemplateResponse,
        detail: { operationId: "readTemplate", summary: "Get a template", tags },
      },
    )
    .patch(
      "/:templateId",
      async function patchTemplate({ params, body }) {
        const { workspaceId, templateId } = params;
        return { template: await changeTemplate(on, workspaceId, { ...body, templateId }) };
      },
      {
        can: "templates:manage",
        params: OfTemplate,
        body: TemplateChange,
        response: TemplateResponse,
        detail: { operationId: "changeTemplate", summary: "Change a template", tags },
      },
    )
    .post(
      "/:templateId/duplicate",
      async function postDuplicate({ params, principal, set }) {
        set.status = 201;
        return { template: await duplicateTemplate(on, params.workspaceId, { ...params, by: principal }) };
      },
      {
        can: "templates:manage",
        params: OfTemplate,
        response: { 201: TemplateResponse },
        detail: { operationId: "duplicateTemplate", summary: "Duplicate a template", tags },
      },
    )
    .delete(
      "/:templateId",
      async function removeTemplate({ params }) {
        await deleteTemplate(on, params.workspaceId, params.templateId);
        return { ok: true };
      },
      {
        can: "templates:manage",
        params: OfTemplate,
        response: OkResponse,
        detail: { operationId: "deleteTemplate", summary: "Delete a template", tags },
      },
    );
}
