import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { type AuthDeps, guard } from "#auth";
import { Uuid, InWorkspace } from "#std";
import { type CampaignRouteDeps, TestSendResponse } from "../campaigns/mod.ts";
import { NewSequence, SequenceChange, SequenceList, SequenceResponse, SequencesQuery } from "./schema.ts";
import {
  archiveSequence,
  changeSequence,
  createSequence,
  deleteSequence,
  duplicateSequence,
  listSequences,
  pauseSequence,
  readSequence,
  startSequence,
  stopSequence,
} from "./sequence_store.ts";
import { sendStepAsTest } from "./step_test_send.ts";

const OfSequence = Type.Object({ workspaceId: Uuid, sequenceId: Uuid });
const OfStep = Type.Object({
  workspaceId: Uuid,
  sequenceId: Uuid,
  step: Type.Number({ multipleOf: 1, minimum: 1, maximum: 50 }),
});
const Gone = Type.Object({ id: Uuid });
const StepTestBody = Type.Object({ contactId: Uuid });
const tags = ["sequences"];

/** Messages in steps, for people who come in by a trigger or by hand. */
export function sequencesRoutes(on: AuthDeps & CampaignRouteDeps) {
  return new Elysia({ name: "messaging.sequences", prefix: "/workspaces/:workspaceId/sequences" })
    .use(guard(on))
    .get(
      "",
      async function getSequences({ params, query }) {
        return await listSequences(on.sql, params.workspaceId, query);
      },
      {
        can: "campaigns:read",
        params: InWorkspace,
        query: SequencesQuery,
        response: SequenceList,
        detail: {
          operationId: "listSequences",
          summary: "List sequences",
          description: "Newest first. Archived ones only with `archived=true`.",
          tags,
        },
      },
    )
    .post(
      "",
      async function addSequence({ params, body, principal, set }) {
        const sequence = await createSequence(on.sql, { ...params, userId: principal.userId }, body);
        set.status = 201;
        return { sequence };
      },
      {
        can: "campaigns:draft",
        params: InWorkspace,
        body: NewSequence,
        response: { 201: SequenceResponse },
        detail: { operationId: "createSequence", summary: "Create a draft of a sequence", tags },
      },
    )
    .get(
      "/:sequenceId",
      async function getSequence({ params }) {
        return { sequence: await readSequence(on.sql, params) };
      },
      {
        can: "campaigns:read",
        params: OfSequence,
        response: SequenceResponse,
        detail: { operationId: "readSequence", summary: "Get a sequence", tags },
      },
    )
    .patch(
      "/:sequenceId",
      async function editSequence({ params, body }) {
        return { sequence: await changeSequence(on.sql, params, body) };
      },
      {
        can: "campaigns:draft",
        params: OfSequence,
        body: SequenceChange,
        response: SequenceResponse,
        detail: {
          operationId: "changeSequence",
          summary: "Change a draft or a paused sequence",
          description:
            "Omitted properties stay. Changes to a paused sequence take effect when it is started again.",
          tags,
        },
      },
    )
    .delete(
      "/:sequenceId",
      async function removeSequence({ params }) {
        await deleteSequence(on.sql, params);
        return { id: params.sequenceId };
      },
      {
        can: "campaigns:draft",
        params: OfSequence,
        response: Gone,
        detail: { operationId: "deleteSequence", summary: "Delete a sequence that never ran", tags },
      },
    )
    .post(
      "/:sequenceId/duplicate",
      async function copySequence({ params, principal, set }) {
        const sequence = await duplicateSequence(on.sql, { ...params, userId: principal.userId });
        set.status = 201;
        return { sequence };
      },
      {
        can: "campaigns:draft",
        params: OfSequence,
        response: { 201: SequenceResponse },
        detail: { operationId: "duplicateSequence", summary: "Duplicate a sequence", tags },
      },
    )
    .post(
      "/:sequenceId/start",
      async function start({ params, principal }) {
        return { sequence: await startSequence(on.sql, { ...params, userId: principal.userId }) };
      },
      {
        can: "campaigns:send",
        params: OfSequence,
        response: SequenceResponse,
        detail: { operationId: "startSequence", summary: "Start or resume a sequence", tags },
      },
    )
    .post(
      "/:sequenceId/pause",
      async function pause({ params, principal }) {
        return { sequence: await pauseSequence(on.sql, { ...params, by: principal.name }) };
      },
      {
        can: "campaigns:send",
        params: OfSequence,
        response: SequenceResponse,
        detail: { operationId: "pauseSequence", summary: "Pause a sequence", tags },
      },
    )
    .post(
      "/:sequenceId/stop",
      async function stop({ params, principal }) {
        return { sequence: await stopSequence(on.sql, { ...params, by: principal.name }) };
      },
      {
        can: "campaigns:send",
        params: OfSequence,
        response: SequenceResponse,
        detail: {
          operationId: "stopSequence",
          summary: "Stop a sequence permanently",
          description: "Ends all enrolments and cancels queued messages.",
          tags,
        },
      },
    )
    .post(
      "/:sequenceId/archive",
      async function archive({ params }) {
        return { sequence: await archiveSequence(on.sql, { ...params, isArchived: true }) };
      },
      {
        can: "campaigns:draft",
        params: OfSequence,
        response: SequenceResponse,
        detail: {
          operationId: "archiveSequence",
          summary: "Archive a stopped sequence or a draft",
          tags,
        },
      },
    )
    .post(
      "/:sequenceId/unarchive",
      async function unarchive({ params }) {
        return { sequence: await archiveSequence(on.sql, { ...params, isArchived: false }) };
      },
      {
        can: "campaigns:draft",
        params: OfSequence,
        response: SequenceResponse,
        detail: { operationId: "unarchiveSequence", summary: "Unarchive a sequence", tags },
      },
    )
    .post(
      "/:sequenceId/steps/:step/test",
      async function testStep({ params: { step, ...ref }, body: { contactId } }) {
        const { messageId } = await sendStepAsTest(on, ref, { step, contactId });
        return { messageId, conversationId: contactId };
      },
      {
        can: "campaigns:launch",
        params: OfStep,
        body: StepTestBody,
        response: TestSendResponse,
        detail: {
          operationId: "sendStepTest",
          summary: "Send a test of a step to a contact",
          description: "Sends the stored message under the same policy. Does not change enrolments.",
          tags,
        },
      },
    );
}
