import type { Fragment, Sql } from "postgres";
import { log, outageOf, Problem } from "#std";
import { pausedByItself } from "../delivery/mod.ts";
import { publishCampaign, type CampaignDeps } from "../campaigns/mod.ts";

const backOffSeconds = 20;
const mostFailures = 3;

/** Whether campaign `c` may be worked on, or is in back-off because its work failed a moment ago. */
export function isPastBackOff(sql: Sql): Fragment {
  return sql`coalesce((c.progress ->> 'restUntil')::float8, 0) <= extract(epoch from clock_timestamp())`;
}

/** `c.progress` of a campaign whose work succeeded. */
export function withoutBackOff(sql: Sql): Fragment {
  return sql`c.progress - 'failures' - 'restUntil'`;
}

export interface FailedWork {
  id: string;
  workspace_id: string;
  /** What failed, in words that follow "Paused by itself: ". */
  what: string;
}

/**
 * Puts a campaign whose work failed into back-off, so that it does not hold up the others. The third time in a row it
 * is paused, and people are notified; at once when what it names is gone, which is a Problem. Throws the error when not
 * the campaign failed but the database.
 */
export async function backOff(
  on: CampaignDeps,
  { id, workspace_id: workspaceId, what }: FailedWork,
  error: unknown,
): Promise<void> {
  const outage = outageOf(error);
  if (outage !== null && outage.slug !== "took-too-long") throw error;
  log.error("Cannot go on with a campaign; the others go on", { campaignId: id, what, error });
  const most = error instanceof Problem ? 1 : mostFailures;
  const reason = `${pausedByItself}${reasonOf(error, { what, isSlow: outage !== null })}`;
  const [row] = await on.sql<{ is_paused: boolean }[]>`
    with failed as (
      select c.id, coalesce((c.progress ->> 'failures')::int4, 0) + 1 as failures from messaging.campaigns c
      where c.id = ${id} and c.status in ('scheduled', 'planning', 'running') for no key update),
    backed_off as (
      update messaging.campaigns c
      set progress = c.progress || jsonb_build_object('failures', f.failures,
            'restUntil', extract(epoch from clock_timestamp() + make_interval(secs => ${backOffSeconds})))
      from failed f where c.id = f.id and f.failures < ${most})
    update messaging.campaigns c
    set status = 'paused', paused_from = c.status, untold = 'paused', status_reason = ${reason},
        status_at = clock_timestamp(), updated_at = clock_timestamp(), progress = ${withoutBackOff(on.sql)}
    from failed f where c.id = f.id and f.failures >= ${most}
    returning true as is_paused`;
  if (row) await publishCampaign(on, workspaceId, id);
}

function reasonOf(error: unknown, { what, isSlow }: { what: string; isSlow: boolean }): string {
  if (error instanceof Problem) return `${error.message}. Cancel it, and send a copy that you mended`;
  return isSlow
    ? `${what} took too long ${mostFailures} times. Make its audience simpler, or resume it to try again`
    : `${what} failed ${mostFailures} times. Resume it to try again; the server's log says more`;
}
