import { Elysia } from "elysia";
import { guard } from "#auth";
import { rawAnswer, InWorkspace } from "#std";
import type { MessagingDeps } from "../deps.ts";
import { readAnalytics } from "./analytics.ts";
import { daysFile } from "./days_file.ts";
import { AnalyticsQuery, AnalyticsResponse } from "./schema_analytics.ts";

/** How a workspace did in the last days. */
export function analyticsRoutes(on: Pick<MessagingDeps, "sql" | "clock" | "config">) {
  return new Elysia({ name: "messaging.analytics", prefix: "/workspaces/:workspaceId/analytics" })
    .use(guard(on))
    .get(
      "",
      async function getAnalytics({ params, query }) {
        return await readAnalytics(on, params.workspaceId, query);
      },
      {
        can: "conversations:read",
        params: InWorkspace,
        query: AnalyticsQuery,
        response: AnalyticsResponse,
        detail: {
          operationId: "readAnalytics",
          summary: "Read how a workspace did in the last days",
          description:
            "7, 30 (unless told) or 90 days of the workspace's time zone up to today, against as many before: messages, new contacts, response and resolution times, by page, by hour, by source, and contacts as they are now. Counted day by day, at most some minutes late.",
          tags: ["analytics"],
        },
      },
    )
    .get(
      "/days",
      async function getDaysFile({ params, query }) {
        return await daysFile(on, params.workspaceId, query);
      },
      {
        can: "conversations:read",
        params: InWorkspace,
        query: AnalyticsQuery,
        response: rawAnswer("text/csv", "A CSV file"),
        detail: {
          operationId: "exportAnalytics",
          summary: "Export the days of the analytics as CSV",
          description: "One line for each day, oldest first, with what `days` of the analytics say.",
          tags: ["analytics"],
        },
      },
    );
}
