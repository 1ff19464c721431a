import { JobDelayed, type JobHandler, jobRows } from "#db";
import type { MediaDeps } from "../media/mod.ts";
import { profileJob } from "./profile_job.ts";

/** Asks once a day whose name and picture are to be looked at again. */
export const profileRefreshJob = "contacts.refresh_profiles";

const daySeconds = 24 * 3_600;
/** Two calls to Meta each, spread over the day: about one in four seconds. */
const mostADay = 20_000;
const spreadHours = 20;

/** Plans a fresh look at people who wrote this week and were last looked at a week ago, the longest ago first. */
export function profileRefreshHandler({ sql }: Pick<MediaDeps, "sql">, most: number = mostADay): JobHandler {
  return {
    async run() {
      await sql`
        ${sql.unsafe(jobRows.insert)}
        select ${profileJob}, stale.id::text, jsonb_build_object('workspaceId', stale.workspace_id, 'contactId', stale.id),
               null, now() + random() * make_interval(hours => ${spreadHours})
        from (
          select c.id, c.workspace_id from messaging.contacts c
          join messaging.pages p on p.workspace_id = c.workspace_id and p.id = c.page_id and p.status = 'connected'
          where c.last_inbound_at > now() - interval '7 days'
            and coalesce(c.profile_at, c.created_at) < now() - interval '7 days'
          order by coalesce(c.profile_at, c.created_at) limit ${most}) stale
        ${sql.unsafe(jobRows.againIfGivenUp)}`;
      throw new JobDelayed(daySeconds, "Planned; again tomorrow");
    },
  };
}
