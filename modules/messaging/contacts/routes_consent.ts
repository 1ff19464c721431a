import { Elysia } from "elysia";
import { type AuthDeps, guard } from "#auth";
import { InWorkspace } from "#std";
import type { MessagingDeps } from "../deps.ts";
import {
  ChangedCount,
  LiftedSuppression,
  NewSuppressions,
  SendingRulesResponse,
  SendingRulesBody,
  SuppressionList,
  SuppressionsQuery,
} from "./schema_consent.ts";
import { Deleted } from "./schema_labels.ts";
import { readSendingRules, writeSendingRules } from "./sending_rules.ts";
import { liftSuppression, listSuppressions, suppress } from "./suppression_store.ts";

const tags = ["consent"];

/** The suppression list, and the sending rules of a workspace. */
export function consentRoutes(on: Pick<AuthDeps, "sql" | "clock" | "config"> & Pick<MessagingDeps, "sql">) {
  return new Elysia({ name: "messaging.consent", prefix: "/workspaces/:workspaceId" })
    .use(guard(on))
    .get(
      "/suppressions",
      async function getSuppressions({ params, query }) {
        return await listSuppressions(on, params.workspaceId, query);
      },
      {
        can: "contacts:read",
        params: InWorkspace,
        query: SuppressionsQuery,
        response: SuppressionList,
        detail: { operationId: "listSuppressions", summary: "List the suppression list", tags },
      },
    )
    .post(
      "/suppressions",
      async function addSuppressions({ params, body, principal }) {
        return { changed: await suppress(on, { ...params, ...body, userId: principal.userId }) };
      },
      {
        can: "contacts:manage",
        params: InWorkspace,
        body: NewSuppressions,
        response: ChangedCount,
        detail: { operationId: "suppress", summary: "Add people to the suppression list", tags },
      },
    )
    .delete(
      "/suppressions",
      async function removeSuppression({ params, body }) {
        await liftSuppression(on, { ...params, ...body });
        return { deleted: true } as const;
      },
      {
        can: "contacts:manage",
        params: InWorkspace,
        body: LiftedSuppression,
        response: Deleted,
        detail: {
          operationId: "liftSuppression",
          summary: "Remove a person from the suppression list",
          tags,
        },
      },
    )
    .get(
      "/sending-rules",
      async function getSendingRules({ params }) {
        return { rules: await readSendingRules(on, params.workspaceId) };
      },
      {
        can: "workspace:read",
        params: InWorkspace,
        response: SendingRulesResponse,
        detail: { operationId: "readSendingRules", summary: "Get sending rules", tags },
      },
    )
    .put(
      "/sending-rules",
      async function putSendingRules({ params, body }) {
        return { rules: await writeSendingRules(on, params.workspaceId, body) };
      },
      {
        can: "workspace:edit",
        params: InWorkspace,
        body: SendingRulesBody,
        response: SendingRulesResponse,
        detail: {
          operationId: "writeSendingRules",
          summary: "Set sending rules",
          description:
            "Time zone, frequency cap, quiet hours, custom opt-out and opt-in keywords, and whether operators need approval.",
          tags,
        },
      },
    );
}
