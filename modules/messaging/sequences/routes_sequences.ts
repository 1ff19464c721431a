import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { type AuthDeps, guard } from "#auth";
import { Uuid } from "#std";
import type { MessagingDeps } from "../deps.ts";
import { RecipientList } from "../campaigns/schema_results.ts";
import { enrolByHand, listEnrolments, removeEnrolment } from "./enrolments.ts";
import {
  Enrol,
  EnrolmentList,
  EnrolmentsQuery,
  NewSequence,
  SequenceChange,
  SequenceList,
  SequenceResponse,
  SequencesQuery,
} from "./schema.ts";
import { StepMessagesQuery, StepResults } from "./schema_results.ts";
import {
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
import { listStepMessages, readStepResults } from "./step_results.ts";

const OfWorkspace = Type.Object({ workspaceId: Uuid });
const OfSequence = Type.Object({ workspaceId: Uuid, sequenceId: Uuid });
const OfStep = Type.Object({
  workspaceId: Uuid,
  sequenceId: Uuid,
  step: Type.Number({ multipleOf: 1, minimum: 1, maximum: 50 }),
});
const OfEnrolment = Type.Object({ workspaceId: Uuid, sequenceId: Uuid, enrolmentId: Uuid });
const Gone = Type.Object({ id: Uuid });
const tags = ["sequences"];

/** Messages in steps, for people who come in by a trigger or by hand. */
export function sequencesRoutes(on: AuthDeps & Pick<MessagingDeps, "sql">) {
  return new Elysia({ name: "messaging.sequences", prefix: "/workspaces/:workspaceId/sequences" })
    .use(guard(on))
    .get(
      "",
      async function getSequences({ params, query }) {
        return await listSequences(on.sql, params.workspaceId, query);
      },
      {
        can: "campaigns:read",
        params: OfWorkspace,
        query: SequencesQuery,
        response: SequenceList,
        detail: { operationId: "listSequences", summary: "List sequences", tags },
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
        params: OfWorkspace,
        body: NewSequence,
        response: { 201: SequenceResponse },
        detail: { operationId: "createSequence", summary: "Draft a sequence", tags },
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
        detail: { operationId: "readSequence", summary: "Read a sequence", tags },
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
          description: "What is left out stays. A paused one runs in its new form when it is started again.",
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
        detail: { operationId: "duplicateSequence", summary: "Copy a sequence into a draft", tags },
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
        detail: { operationId: "startSequence", summary: "Start a sequence, or go on with it", tags },
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
          summary: "Stop a sequence for good",
          description: "Everybody leaves it, and what waits is cancelled.",
          tags,
        },
      },
    )
    .get(
      "/:sequenceId/results",
      async function getResults({ params }) {
        return await readStepResults(on.sql, params);
      },
      {
        can: "campaigns:read",
        params: OfSequence,
        response: StepResults,
        detail: { operationId: "readSequenceResults", summary: "What became of each step", tags },
      },
    )
    .get(
      "/:sequenceId/steps/:step/messages",
      async function getStepMessages({ params, query }) {
        return await listStepMessages(on.sql, params, query);
      },
      {
        can: "campaigns:read",
        params: OfStep,
        query: StepMessagesQuery,
        response: RecipientList,
        detail: {
          operationId: "listStepMessages",
          summary: "List the people of a step",
          description: "Each with what became of their message, and why.",
          tags,
        },
      },
    )
    .get(
      "/:sequenceId/people",
      async function getPeople({ params, query }) {
        return await listEnrolments(on.sql, params, query);
      },
      {
        can: "campaigns:read",
        params: OfSequence,
        query: EnrolmentsQuery,
        response: EnrolmentList,
        detail: { operationId: "listEnrolments", summary: "List who is or was in a sequence", tags },
      },
    )
    .post(
      "/:sequenceId/people",
      async function addPeople({ params, body }) {
        return await enrolByHand(on.sql, params, body);
      },
      {
        can: "campaigns:send",
        params: OfSequence,
        body: Enrol,
        response: Type.Object({ enrolled: Type.Number() }),
        detail: { operationId: "enrol", summary: "Put people into a running sequence", tags },
      },
    )
    .delete(
      "/:sequenceId/people/:enrolmentId",
      async function removePerson({ params }) {
        await removeEnrolment(on.sql, params);
        return { id: params.enrolmentId };
      },
      {
        can: "campaigns:send",
        params: OfEnrolment,
        response: Gone,
        detail: { operationId: "removeEnrolment", summary: "Take a person out of a sequence", tags },
      },
    );
}
