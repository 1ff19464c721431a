import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { type AuthDeps, guard } from "#auth";
import { Uuid } from "#std";
import { RecipientList } from "../campaign_results/mod.ts";
import type { MessagingDeps } from "../deps.ts";
import { enrolByHand, listEnrolments, removeEnrolment } from "./enrolments.ts";
import { Enrol, EnrolmentList, EnrolmentsQuery } from "./schema.ts";
import { StepMessagesQuery, StepResults } from "./schema_results.ts";
import { listStepMessages, readStepResults } from "./step_results.ts";

const OfSequence = Type.Object({ workspaceId: Uuid, sequenceId: Uuid });
const OfStep = Type.Object({
  workspaceId: Uuid,
  sequenceId: Uuid,
  step: Type.Number({ multipleOf: 1, minimum: 1, maximum: 50 }),
});
const OfEnrolment = Type.Object({ workspaceId: Uuid, sequenceId: Uuid, enrolmentId: Uuid });
const Gone = Type.Object({ id: Uuid });
const tags = ["sequences"];

/** The enrolments of a sequence, and results by step. */
export function enrolmentRoutes(on: AuthDeps & Pick<MessagingDeps, "sql">) {
  return (
    new Elysia({ name: "messaging.enrolments", prefix: "/workspaces/:workspaceId/sequences" })
      .use(guard(on))
      .get(
        "/:sequenceId/results",
        async function getResults({ params }) {
          return await readStepResults(on.sql, params);
        },
        {
          can: "campaigns:read",
          params: OfSequence,
          response: StepResults,
          detail: { operationId: "readSequenceResults", summary: "Get results by step", tags },
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
            summary: "List the messages of a step",
            description: "Each with its contact, status and reason.",
            tags,
          },
        },
      )
      .use(enrolmentsAt(on, "/:sequenceId/enrolments"))
      // The path of 0.2.0.
      .use(enrolmentsAt(on, "/:sequenceId/people"))
  );
}

function enrolmentsAt<const Path extends string>(on: AuthDeps & Pick<MessagingDeps, "sql">, path: Path) {
  const isFormer = path.endsWith("/people");
  const hidden = isFormer ? { hide: true } : {};
  const name = (operationId: string) => (isFormer ? `${operationId}AsPeople` : operationId);
  return new Elysia()
    .use(guard(on))
    .get(
      path,
      async function getEnrolments({ params, query }) {
        return await listEnrolments(on.sql, params, query);
      },
      {
        can: "campaigns:read",
        params: OfSequence,
        query: EnrolmentsQuery,
        response: EnrolmentList,
        detail: {
          operationId: name("listEnrolments"),
          summary: "List the enrolments of a sequence",
          tags,
          ...hidden,
        },
      },
    )
    .post(
      path,
      async function postEnrolments({ params, body }) {
        return await enrolByHand(on.sql, params, body);
      },
      {
        can: "campaigns:send",
        params: OfSequence,
        body: Enrol,
        response: Type.Object({ enrolled: Type.Number() }),
        detail: {
          operationId: name("enrol"),
          summary: "Enrol contacts in a running sequence",
          tags,
          ...hidden,
        },
      },
    )
    .delete(
      `${path}/:enrolmentId`,
      async function deleteEnrolment({ params }) {
        await removeEnrolment(on.sql, params);
        return { id: params.enrolmentId };
      },
      {
        can: "campaigns:send",
        params: OfEnrolment,
        response: Gone,
        detail: {
          operationId: name("removeEnrolment"),
          summary: "Remove a contact from a sequence",
          tags,
          ...hidden,
        },
      },
    );
}
