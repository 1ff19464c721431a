import type postgres from "postgres";
import { enqueueJobs, type Handle, JobDelayed, type JobHandler } from "#db";
import { log } from "#std";
import { engagementRules, refreshEngagement } from "./engagement.ts";

/** Those whose thread moved lately. */
export const recentEngagementJob = "contacts.engagement_recent";
/** Contacts whose class may have aged. */
export const allEngagementJob = "contacts.engagement_all";

const recentSeconds = 600;
const daySeconds = 24 * 3_600;
const chunk = 2_000;

/** Makes sure that both run; asking again only moves the next time earlier. */
export async function scheduleEngagement(on: { sql: Handle }): Promise<void> {
  await enqueueJobs(on.sql, [
    { kind: recentEngagementJob, key: "all", afterSeconds: recentSeconds },
    { kind: allEngagementJob, key: "all", afterSeconds: daySeconds },
  ]);
}

interface Slice {
  workspaceId: string;
  after: string;
}

type Ids = (slice: Slice) => postgres.PendingQuery<{ id: string }[]>;

/** Every ten minutes: threads of the last twenty minutes, by their index. The daily run finds missed ones. */
export function recentEngagementHandler(on: { sql: postgres.Sql }): JobHandler {
  return {
    async run() {
      await refreshAll(
        on.sql,
        ({ workspaceId, after }) => on.sql<{ id: string }[]>`
          select v.id from messaging.conversations as v
          where v.workspace_id = ${workspaceId} and v.status in ('open', 'pending', 'snoozed', 'resolved', 'spam')
            and v.last_message_at > now() - make_interval(secs => ${2 * recentSeconds}) and v.id > ${after}::uuid
          order by v.id limit ${chunk}`,
      );
      throw new JobDelayed(recentSeconds, "Computed; again in ten minutes");
    },
  };
}

/** Once a day: all except those who can only stay inactive. */
export function allEngagementHandler(on: { sql: postgres.Sql }): JobHandler {
  return {
    async run() {
      const changed = await refreshAll(
        on.sql,
        ({ workspaceId, after }) => on.sql<{ id: string }[]>`
          select c.id from messaging.contacts as c
          where c.workspace_id = ${workspaceId} and c.id > ${after}::uuid
            and (c.engagement <> 'inactive'
              or c.last_inbound_at > now() - make_interval(days => ${engagementRules.inactiveDays}))
          order by c.id limit ${chunk}`,
      );
      log.info("Computed the engagement of all contacts", { changed });
      throw new JobDelayed(daySeconds, "Computed; again tomorrow");
    },
  };
}

async function refreshAll(sql: postgres.Sql, next: Ids): Promise<number> {
  const workspaces = await sql<{ id: string }[]>`
    select distinct workspace_id as id from messaging.pages where status <> 'disconnected'`;
  let changed = 0;
  for (const { id: workspaceId } of workspaces) {
    for (let after = "00000000-0000-0000-0000-000000000000"; ;) {
      const ids = (await next({ workspaceId, after })).map((row) => row.id);
      changed += await refreshEngagement(sql, workspaceId, sql`select unnest(${ids}::uuid[])`);
      after = ids.at(-1) ?? after;
      if (ids.length < chunk) break;
    }
  }
  return changed;
}
