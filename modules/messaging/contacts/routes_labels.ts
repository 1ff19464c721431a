import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { type AuthDeps, guard } from "#auth";
import { PageQuery, Uuid, InWorkspace } from "#std";
import { changeField, createField, deleteField, listFields } from "./field_store.ts";
import {
  CustomFieldChange,
  CustomFieldList,
  CustomFieldResponse,
  Deleted,
  NewCustomField,
  NewTag,
  TagChange,
  TagList,
  TagResponse,
} from "./schema_labels.ts";
import { changeTag, createTag, deleteTag, listTags } from "./tag_store.ts";

const OfTag = Type.Object({ workspaceId: Uuid, tagId: Uuid });
const OfField = Type.Object({ workspaceId: Uuid, fieldId: Uuid });
const tags = ["tags and fields"];

/** Tags and custom fields of a workspace. */
export function labelsRoutes(on: Pick<AuthDeps, "sql" | "clock" | "config">) {
  return new Elysia({ name: "messaging.labels", prefix: "/workspaces/:workspaceId" })
    .use(guard(on))
    .get(
      "/tags",
      async function getTags({ params, query }) {
        return await listTags(on, params.workspaceId, query);
      },
      {
        can: "contacts:read",
        params: InWorkspace,
        query: PageQuery,
        response: TagList,
        detail: { operationId: "listTags", summary: "List tags by name", tags },
      },
    )
    .post(
      "/tags",
      async function addTag({ params, body, set }) {
        const tag = await createTag(on, params.workspaceId, body);
        set.status = 201;
        return { tag };
      },
      {
        can: "contacts:manage",
        params: InWorkspace,
        body: NewTag,
        response: { 201: TagResponse },
        detail: { operationId: "createTag", summary: "Create a tag", tags },
      },
    )
    .patch(
      "/tags/:tagId",
      async function editTag({ params: { workspaceId, tagId }, body }) {
        return { tag: await changeTag(on, { ...body, workspaceId, id: tagId }) };
      },
      {
        can: "contacts:manage",
        params: OfTag,
        body: TagChange,
        response: TagResponse,
        detail: { operationId: "changeTag", summary: "Change a tag's name or colour", tags },
      },
    )
    .delete(
      "/tags/:tagId",
      async function removeTag({ params }) {
        await deleteTag(on, params.workspaceId, params.tagId);
        return { deleted: true } as const;
      },
      {
        can: "contacts:manage",
        params: OfTag,
        response: Deleted,
        detail: { operationId: "deleteTag", summary: "Delete a tag and remove it from all contacts", tags },
      },
    )
    .get(
      "/custom-fields",
      async function getFields({ params, query }) {
        return await listFields(on, params.workspaceId, query);
      },
      {
        can: "contacts:read",
        params: InWorkspace,
        query: PageQuery,
        response: CustomFieldList,
        detail: { operationId: "listCustomFields", summary: "List custom fields by key", tags },
      },
    )
    .post(
      "/custom-fields",
      async function addField({ params, body, set }) {
        const field = await createField(on, params.workspaceId, body);
        set.status = 201;
        return { field };
      },
      {
        can: "contacts:manage",
        params: InWorkspace,
        body: NewCustomField,
        response: { 201: CustomFieldResponse },
        detail: { operationId: "createCustomField", summary: "Create a custom field", tags },
      },
    )
    .patch(
      "/custom-fields/:fieldId",
      async function editField({ params: { workspaceId, fieldId }, body }) {
        return { field: await changeField(on, { ...body, workspaceId, id: fieldId }) };
      },
      {
        can: "contacts:manage",
        params: OfField,
        body: CustomFieldChange,
        response: CustomFieldResponse,
        detail: {
          operationId: "changeCustomField",
          summary: "Change a custom field's name or dropdown choices",
          tags,
        },
      },
    )
    .delete(
      "/custom-fields/:fieldId",
      async function removeField({ params }) {
        await deleteField(on, params.workspaceId, params.fieldId);
        return { deleted: true } as const;
      },
      {
        can: "contacts:manage",
        params: OfField,
        response: Deleted,
        detail: { operationId: "deleteCustomField", summary: "Delete a custom field and its values", tags },
      },
    );
}
