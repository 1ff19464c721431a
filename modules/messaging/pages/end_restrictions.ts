import { resumeLanes } from "../delivery/mod.ts";
import { workspaceChannel } from "../deps.ts";
import type { PageDeps } from "./deps.ts";

/**
 * Lets pages send again whose restriction ended at the time that Meta had stated, one page at a time. Gives whether
 * there may be more.
 */
export async function endRestrictions(on: Pick<PageDeps, "sql" | "live">): Promise<boolean> {
  const page = await on.sql.begin(async (tx) => {
    const [ended] = await tx<{ workspaceId: string; pageId: string }[]>`
      update messaging.pages set status = 'connected', status_reason = null, restricted_until = null
      where id = any (array(
        select id from messaging.pages where status = 'restricted' and restricted_until <= clock_timestamp()
        order by id limit 1 for no key update skip locked))
        and status = 'restricted' and restricted_until <= clock_timestamp()
      returning workspace_id as "workspaceId", id as "pageId"`;
    if (ended) await resumeLanes(tx, ended);
    return ended;
  });
  if (!page) return false;
  await on.live.publish(workspaceChannel(page.workspaceId), [
    { name: "page", data: { pageId: page.pageId } },
  ]);
  return true;
}
