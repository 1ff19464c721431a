import { answer, type Answer, inWorkspace } from "./client.ts";

export interface TimeRange {
  from: string;
  until: string;
}

/** How a workspace sent in a stretch of time. */
export const readCompliance = (workspaceId: string, query: TimeRange) =>
  answer(inWorkspace(workspaceId).compliance.get({ query }));

export type Compliance = Answer<typeof readCompliance>;

/** Where every decision to send, or not to, is downloaded as CSV. */
export function auditUrl(workspaceId: string, { from, until }: TimeRange): string {
  return `/api/v1/workspaces/${workspaceId}/compliance/audit?${new URLSearchParams({ from, until })}`;
}
