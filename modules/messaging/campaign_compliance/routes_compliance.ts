import { Elysia } from "elysia";
import { guard } from "#auth";
import { rawAnswer, InWorkspace } from "#std";
import { auditFile } from "./audit.ts";
import { readCompliance } from "./compliance.ts";
import type { MessagingDeps } from "../deps.ts";
import { ComplianceQuery, ComplianceResponse } from "./schema_compliance.ts";

const tags = ["compliance"];
const Csv = rawAnswer("text/csv", "A CSV file, streamed");

/** Messages by Meta's rules, sent and unsent: figures and each decision. */
export function complianceRoutes(on: Pick<MessagingDeps, "sql" | "clock" | "config">) {
  return new Elysia({ name: "messaging.compliance", prefix: "/workspaces/:workspaceId/compliance" })
    .use(guard(on))
    .get(
      "",
      async function getCompliance({ params, query }) {
        return await readCompliance(on, params.workspaceId, query);
      },
      {
        can: "campaigns:read",
        params: InWorkspace,
        query: ComplianceQuery,
        response: ComplianceResponse,
        detail: {
          operationId: "readCompliance",
          summary: "Get a compliance report",
          description:
            "Messages by route, refusals by reason, opt-outs, frequency per person and pages at risk. At most 92 days.",
          tags,
        },
      },
    )
    .get(
      "/audit",
      function getAudit({ params, query }) {
        return auditFile(on, params.workspaceId, query);
      },
      {
        can: "contacts:export",
        params: InWorkspace,
        query: ComplianceQuery,
        response: Csv,
        detail: {
          operationId: "exportAudit",
          summary: "Export sending decisions as CSV",
          description: "One line per sent, failed or withheld message, with the rule and the facts used.",
          tags,
        },
      },
    );
}
