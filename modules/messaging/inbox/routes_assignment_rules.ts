import { Elysia } from "elysia";
import { guard } from "#auth";
import { InWorkspace } from "#std";
import { readAssignmentRules, writeAssignmentRules } from "./assignment_rules.ts";
import type { InboxDeps } from "./deps.ts";
import { AssignmentRulesResponse, AssignmentRulesSchema } from "./schema_assignment_rules.ts";

const tags = ["conversations"];
const reads = { can: "workspace:read", params: InWorkspace, response: AssignmentRulesResponse } as const;
const writes = {
  can: "workspace:edit",
  params: InWorkspace,
  body: AssignmentRulesSchema,
  response: AssignmentRulesResponse,
} as const;

/** How unassigned conversations are assigned. */
export function assignmentRulesRoutes(on: Pick<InboxDeps, "sql" | "clock" | "config">) {
  return (
    new Elysia({ name: "messaging.assignment_rules", prefix: "/workspaces/:workspaceId" })
      .use(guard(on))
      .get(
        "/assignment-rules",
        async function getAssignmentRules({ params: { workspaceId } }) {
          return { rules: await readAssignmentRules(on.sql, workspaceId) };
        },
        {
          ...reads,
          detail: { operationId: "readAssignmentRules", summary: "Get assignment rules", tags },
        },
      )
      .put(
        "/assignment-rules",
        async function putAssignmentRules({ params: { workspaceId }, body }) {
          return { rules: await writeAssignmentRules(on.sql, workspaceId, body) };
        },
        {
          ...writes,
          detail: {
            operationId: "writeAssignmentRules",
            summary: "Set assignment rules",
            description:
              "Assigns open, unassigned conversations with a message from the contact to the members in `userIds`: round robin, or to the member with the fewest open ones, up to `mostOpen` each. 422 `assignment-rules-invalid` names members who cannot reply.",
            tags,
          },
        },
      )
      // The path of 0.2.0.
      .get(
        "/giving-rules",
        async function getGivingRules({ params: { workspaceId } }) {
          return { rules: await readAssignmentRules(on.sql, workspaceId) };
        },
        {
          ...reads,
          detail: { operationId: "readGivingRules", summary: "Get assignment rules", hide: true },
        },
      )
      .put(
        "/giving-rules",
        async function putGivingRules({ params: { workspaceId }, body }) {
          return { rules: await writeAssignmentRules(on.sql, workspaceId, body) };
        },
        {
          ...writes,
          detail: { operationId: "writeGivingRules", summary: "Set assignment rules", hide: true },
        },
      )
  );
}
