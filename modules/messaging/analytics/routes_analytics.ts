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
          summary: "Get analytics of a workspace",
          description:
            "The last 7, 30 (default) or 90 days in the workspace's time zone, including today, compared with the previous period: messages, new contacts, response and resolution times, by page, hour and source, and current contacts. A few minutes late at most.",
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
          summary: "Export daily analytics as CSV",
          description: "One line per day, oldest first, with the values of `days` in the analytics.",
          tags: ["analytics"],
        },
      },
    );
}
