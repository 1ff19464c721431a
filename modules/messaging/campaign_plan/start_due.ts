import type { TransactionSql } from "postgres";
import { parse } from "#std";
import { insertOccurrence, isPastBackOff, recur, startScheduled } from "../campaign_state/mod.ts";
import { isWorkspaceOn } from "../workspaces/mod.ts";
import {
  publishCampaign,
  type CampaignDeps,
  nextOccurrence,
  type Schedule,
  ScheduleSchema,
} from "../campaigns/mod.ts";
import { backOff } from "./back_off.ts";

interface DueRow {
  id: string;
  workspace_id: string;
  name: string;
  schedule: unknown;
  due_ms: number;
  zone: string;
}

/** Starts one campaign whose time has come; of a recurring one, its occurrence. Gives whether there may be more. */
export async function startDue(on: CampaignDeps): Promise<boolean> {
  let chosen: DueRow | undefined;
  const starting = on.sql.begin(async (tx) => {
    const [due] = await tx<DueRow[]>`
      select c.id, c.workspace_id, c.name, c.schedule, (extract(epoch from c.due_at) * 1000)::float8 as due_ms,
             coalesce((select r.timezone from messaging.sending_rules r where r.workspace_id = c.workspace_id), 'UTC') as zone
      from messaging.campaigns c
      where c.status = 'scheduled' and c.due_at <= clock_timestamp() and c.kind <> 'sequence'
        and coalesce(c.approval, 'given') = 'given' and ${isPastBackOff(on.sql)}
        and ${isWorkspaceOn(on.sql, on.sql`c.workspace_id`)}
      order by c.due_at limit 1 for no key update of c skip locked`;
    if (!due) return null;
    chosen = due;
    const schedule = parse(ScheduleSchema, due.schedule);
    if (schedule.ok && schedule.value.recurrence) {
      const childId = await startOccurrence(tx, due, schedule.value, on.clock());
      return { ...due, ids: childId === null ? [due.id] : [due.id, childId] };
    }
    await startScheduled(tx, due.id);
    return { ...due, ids: [due.id] };
  });
  const started = await starting.catch(async (error: unknown) => {
    if (chosen === undefined) throw error;
    await backOff(on, { ...chosen, what: "start" }, error);
    return null;
  });
  if (!started) return false;
  for (const id of started.ids) await publishCampaign(on, started.workspace_id, id);
  return true;
}

/**
 * Makes the campaign of the occurrence that is due, and sets the next one. After a standstill only the newest of those
 * that were missed is made. It expires when the next one begins, so that a page that comes back late does not send two.
 * Gives the new campaign's id; null when it exists already.
 */
async function startOccurrence(
  tx: TransactionSql,
  due: DueRow,
  schedule: Schedule,
  now: number,
): Promise<string | null> {
  const { zone } = due;
  let at = due.due_ms;
  for (;;) {
    const later = nextOccurrence(schedule, { after: at, zone });
    if (later === null || later > now) break;
    at = later;
  }
  const next = nextOccurrence(schedule, { after: Math.max(at, now), zone });
  const nextAt = next === null ? null : new Date(next).toISOString();
  const day = new Intl.DateTimeFormat("en-GB", {
    timeZone: schedule.timezone ?? zone,
    day: "numeric",
    month: "short",
    year: "numeric",
  }).format(at);
  const childId = await insertOccurrence(tx, { parentId: due.id, suffix: ` · ${day}`, at, nextAt });
  if (childId !== null) {
    await tx`insert into messaging.campaign_variants (workspace_id, campaign_id, variant, page_id, weight, content_id)
      select workspace_id, ${childId}, variant, page_id, weight, content_id
      from messaging.campaign_variants where campaign_id = ${due.id}`;
  }
  await recur(tx, { campaignId: due.id, nextAt });
  return childId;
}
