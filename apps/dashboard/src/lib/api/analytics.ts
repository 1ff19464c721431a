import { answer, type Answer, inWorkspace } from "./client.ts";

export interface AnalyticsQuery {
  days: "7" | "30" | "90";
  pageId?: string;
}

/** How a workspace did in the last days. */
export const readAnalytics = (workspaceId: string, query: AnalyticsQuery) =>
  answer(inWorkspace(workspaceId).analytics.get({ query }));

/** Where the days are downloaded as CSV. */
export function daysUrl(workspaceId: string, query: AnalyticsQuery): string {
  return `/api/v1/workspaces/${workspaceId}/analytics/days?${new URLSearchParams({ ...query })}`;
}

export type Analytics = Answer<typeof readAnalytics>;
