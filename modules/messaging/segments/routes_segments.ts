import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { type AuthDeps, guard } from "#auth";
import { Uuid, InWorkspace } from "#std";
import { findContacts, ContactList } from "../contacts/mod.ts";
import type { MessagingDeps } from "../deps.ts";
import { countAudience } from "./count.ts";
import {
  ChangedCount,
  CountedSegmentResponse,
  Deleted,
  NewSegment,
  SegmentChange,
  SegmentConditions,
  SegmentCount,
  SegmentList,
  SegmentMembers,
  SegmentResponse,
  SegmentsQuery,
} from "./schema.ts";
import {
  addSegmentMembers,
  changeSegment,
  createSegment,
  deleteSegment,
  duplicateSegment,
  listSegments,
  readSegment,
  removeSegmentMembers,
} from "./segment_store.ts";

const OfSegment = Type.Object({ workspaceId: Uuid, segmentId: Uuid });
const tags = ["segments"];

/** Segments: people chosen by conditions, or picked. */
export function segmentsRoutes(on: Pick<AuthDeps, "sql" | "clock" | "config"> & Pick<MessagingDeps, "sql">) {
  return new Elysia({ name: "messaging.segments", prefix: "/workspaces/:workspaceId/segments" })
    .use(guard(on))
    .get(
      "",
      async function getSegments({ params, query }) {
        return await listSegments(on, params.workspaceId, query);
      },
      {
        can: "contacts:read",
        params: InWorkspace,
        query: SegmentsQuery,
        response: SegmentList,
        detail: { operationId: "listSegments", summary: "List segments", tags },
      },
    )
    .post(
      "",
      async function addSegment({ params, body, principal, set }) {
        const segment = await createSegment(on, params.workspaceId, { ...body, userId: principal.userId });
        set.status = 201;
        return { segment };
      },
      {
        can: "contacts:manage",
        params: InWorkspace,
        body: NewSegment,
        response: { 201: SegmentResponse },
        detail: { operationId: "createSegment", summary: "Create a segment", tags },
      },
    )
    .post(
      "/count",
      async function countSegment({ params, body }) {
        return { count: await countAudience(on.sql, params.workspaceId, body) };
      },
      {
        can: "contacts:read",
        params: InWorkspace,
        body: SegmentConditions,
        response: SegmentCount,
        detail: { operationId: "countSegment", summary: "Count contacts that match conditions", tags },
      },
    )
    .post(
      "/preview",
      async function previewSegment({ params, body }) {
        return await findContacts(on, params.workspaceId, { ...body, limit: 20 });
      },
      {
        can: "contacts:read",
        params: InWorkspace,
        body: SegmentConditions,
        response: ContactList,
        detail: {
          operationId: "previewSegment",
          summary: "List the newest contacts that match conditions",
          tags,
        },
      },
    )
    .get(
      "/:segmentId",
      async function getSegment({ params }) {
        const segment = await readSegment(on, params.workspaceId, params.segmentId);
        return { segment: { ...segment, count: await countAudience(on.sql, params.workspaceId, params) } };
      },
      {
        can: "contacts:read",
        params: OfSegment,
        response: CountedSegmentResponse,
        detail: { operationId: "readSegment", summary: "Get a segment and its size", tags },
      },
    )
    .patch(
      "/:segmentId",
      async function editSegment({ params, body }) {
        return {
          segment: await changeSegment(on, {
            ...body,
            workspaceId: params.workspaceId,
            id: params.segmentId,
          }),
        };
      },
      {
        can: "contacts:manage",
        params: OfSegment,
        body: SegmentChange,
        response: SegmentResponse,
        detail: { operationId: "changeSegment", summary: "Change a segment's name or conditions", tags },
      },
    )
    .delete(
      "/:segmentId",
      async function removeSegment({ params }) {
        await deleteSegment(on, params.workspaceId, params.segmentId);
        return { deleted: true } as const;
      },
      {
        can: "contacts:manage",
        params: OfSegment,
        response: Deleted,
        detail: {
          operationId: "deleteSegment",
          summary: "Delete a segment",
          description: "Refused while a scheduled or running campaign uses it.",
          tags,
        },
      },
    )
    .post(
      "/:segmentId/duplicate",
      async function copySegment({ params, principal, set }) {
        const segment = await duplicateSegment(on, {
          workspaceId: params.workspaceId,
          id: params.segmentId,
          userId: principal.userId,
        });
        set.status = 201;
        return { segment };
      },
      {
        can: "contacts:manage",
        params: OfSegment,
        response: { 201: SegmentResponse },
        detail: { operationId: "duplicateSegment", summary: "Duplicate a segment", tags },
      },
    )
    .post(
      "/:segmentId/members",
      async function putMembers({ params, body }) {
        return { changed: await addSegmentMembers(on, { ...params, ...body }) };
      },
      {
        can: "contacts:manage",
        params: OfSegment,
        body: SegmentMembers,
        response: ChangedCount,
        detail: { operationId: "addSegmentMembers", summary: "Add contacts to a static segment", tags },
      },
    )
    .delete(
      "/:segmentId/members",
      async function takeMembers({ params, body }) {
        return { changed: await removeSegmentMembers(on, { ...params, ...body }) };
      },
      {
        can: "contacts:manage",
        params: OfSegment,
        body: SegmentMembers,
        response: ChangedCount,
        detail: {
          operationId: "removeSegmentMembers",
          summary: "Remove contacts from a static segment",
          tags,
        },
      },
    );
}
