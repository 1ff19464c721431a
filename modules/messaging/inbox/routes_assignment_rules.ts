import { Elysia } from "elysia";
import { guard } from "#auth";
import { InWorkspace } from "#std";
import type { InboxDeps } from "./deps.ts";
import { readGivingRules, writeGivingRules } from "./giving_rules.ts";
import { GivingRulesResponse, GivingRulesSchema } from "./schema_giving.ts";

const tags = ["conversations"];

/** How conversations that nobody has are given out. */
export function givingRoutes(on: Pick<InboxDeps, "db" | "sql" | "clock" | "config">) {
  return new Elysia({ name: "messaging.giving", prefix: "/workspaces/:workspaceId/giving-rules" })
    .use(guard(on))
    .get(
      "",
      async function getGivingRules({ params: { workspaceId } }) {
        return { rules: await readGivingRules(on.sql, workspaceId) };
      },
      {
        can: "workspace:read",
        params: InWorkspace,
        response: GivingRulesResponse,
        detail: {
          operationId: "readGivingRules",
          summary: "Read how conversations are given out",
          tags,
        },
      },
    )
    .put(
      "",
      async function putGivingRules({ params: { workspaceId }, body }) {
        return { rules: await writeGivingRules(on.sql, workspaceId, body) };
      },
      {
        can: "workspace:edit",
        params: InWorkspace,
        body: GivingRulesSchema,
        response: GivingRulesResponse,
        detail: {
          operationId: "writeGivingRules",
          summary: "Set how conversations are given out",
          description:
            "Open conversations in which somebody wrote and that nobody has go to the people of `userIds`: one after the other, or to whoever has the fewest open ones, up to `mostOpen` each. 422 `giving-invalid` names whoever does not answer people here.",
          tags,
        },
      },
    );
}
