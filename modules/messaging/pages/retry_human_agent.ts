import { workspaceChannel } from "../deps.ts";
import type { PageDeps } from "./deps.ts";

/**
 * Tries answers after 24 hours again on pages where Meta refused one more than a day ago: the app may have been
 * approved since, and nothing tells of it. Never more to do at once.
 */
export async function retryHumanAgent(on: Pick<PageDeps, "sql" | "live">): Promise<boolean> {
  const pages = await on.sql<{ workspaceId: string; pageId: string }[]>`
    update messaging.pages set human_agent = 'unknown', human_agent_refused_at = null
    where human_agent = 'unavailable'
      and coalesce(human_agent_refused_at, '-infinity') < clock_timestamp() - interval '1 day'
    returning workspace_id as "workspaceId", id as "pageId"`;
  for (const { workspaceId, pageId } of pages)
    await on.live.publish(workspaceChannel(workspaceId), [{ name: "page", data: { pageId } }]);
  return false;
}
