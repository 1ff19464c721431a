import {
  type CampaignDeps,
  publishCampaign,
  estimateSeconds,
  viewCounts,
  type Goal,
} from "../campaigns/mod.ts";
import { countResults, mostCountedAtOnce } from "./count_results.ts";

/**
 * Measures how many messages a second each running campaign sends, from the folded counts. Every two seconds, whoever
 * comes first.
 */
export async function measureSpeed({ sql }: Pick<CampaignDeps, "sql">): Promise<boolean> {
  await sql`
    update messaging.campaigns c
    set progress = c.progress || jsonb_build_object('sent', coalesce((c.counts ->> 'sent')::int8, 0), 'perSecond',
          round((greatest(0, coalesce((c.counts ->> 'sent')::int8, 0) - coalesce((c.progress ->> 'sent')::int8, 0))
            / greatest(0.5, extract(epoch from clock_timestamp() - coalesce(c.progress_at, c.launched_at))))::numeric, 1)),
        progress_at = clock_timestamp()
    where c.id = any (array(
      select id from messaging.campaigns where status = 'running' and kind <> 'sequence'
        and (progress_at is null or progress_at < clock_timestamp() - interval '2 s')
      for no key update skip locked))`;
  return false;
}

interface DueCampaign {
  id: string;
  workspace_id: string;
  goal: Goal | null;
  over_seconds: number | null;
  is_being_planned: boolean;
  counts: Record<string, number>;
}

/**
 * Counts what was delivered, read and replied to of one campaign whose turn it is, and estimates its end. Again after
 * a time that grows with what the count cost, while it is under way and for the seven days after it, and once more
 * later where a migration changed what counts.
 */
export async function refreshReceipts(on: CampaignDeps, most = mostCountedAtOnce): Promise<boolean> {
  const { sql } = on;
  const [due] = await sql<DueCampaign[]>`
    update messaging.campaigns c set receipts_due_at = clock_timestamp() + interval '5 min'
    where c.id = any (array(
      select id from messaging.campaigns
      where receipts_due_at <= clock_timestamp() and kind <> 'sequence'
        and (status in ('running', 'paused') or finished_at > clock_timestamp() - interval '7 days'
          or progress ? 'isToRecount')
      order by receipts_due_at limit 1 for no key update skip locked))
    returning c.id, c.workspace_id, c.options -> 'goal' as goal,
      extract(epoch from clock_timestamp() - c.finished_at)::float8 as over_seconds,
      c.planned_at is null as is_being_planned, c.counts`;
  if (!due) return false;
  const startedAt = performance.now();
  const results = await countResults(sql, {
    campaignId: due.id,
    goal: due.goal ?? undefined,
    people: due.is_being_planned ? null : viewCounts(due.counts).planned,
  });
  const sum = (name: "count" | "delivered" | "read" | "replied") =>
    results.groups.reduce((total, group) => total + group[name], 0);
  const counted = { delivered: sum("delivered"), read: sum("read"), replied: sum("replied") };
  const kept = due.is_being_planned || sum("count") > most ? JSON.stringify(results) : null;
  const pagesEndAt = due.over_seconds !== null ? null : Date.now() + 1000 * (await secondsLeft(on, due.id));
  const costSeconds = (performance.now() - startedAt) / 1000;
  // The older it is the less happens: an hour after its end every three minutes, a day after it every 72. A plan, which
  // needs the processors itself, makes it due at its end.
  const underWay = due.is_being_planned ? 30 : 3;
  const leastSeconds = due.over_seconds === null ? underWay : Math.max(5, due.over_seconds / 20);
  const nextSeconds = Math.max(leastSeconds, 30 * costSeconds);
  const changed = await sql`
    update messaging.campaigns c
    set counts = c.counts || ${JSON.stringify(counted)}::jsonb,
        progress = c.progress - 'isToRecount' || ${JSON.stringify(pagesEndAt === null ? {} : { pagesEndAt })}::jsonb,
        results = ${kept}::jsonb, results_at = case when ${kept}::jsonb is not null then clock_timestamp() end,
        -- A plan that ended meanwhile made it due.
        receipts_due_at = case when ${due.is_being_planned} and c.planned_at is not null then c.receipts_due_at
          else clock_timestamp() + make_interval(secs => ${nextSeconds}::float8) end
    where c.id = ${due.id}
    returning old.counts is distinct from new.counts as is_changed`;
  if (changed[0]?.is_changed === true) await publishCampaign(on, due.workspace_id, due.id);
  return true;
}

async function secondsLeft({ sql }: Pick<CampaignDeps, "sql">, campaignId: string): Promise<number> {
  const rows = await sql<{ page_id: string; count: number; speed: number | null; last_due: number }[]>`
    select d.page_id, count(*)::int4 as count, max(c.speed_per_second)::float8 as speed,
           extract(epoch from max(d.due_at) - clock_timestamp())::float8 as last_due
    from messaging.deliveries d join messaging.campaigns c on c.id = d.campaign_id
    where d.campaign_id = ${campaignId} and d.state = 'queued' and d.due_at < 'infinity'
    group by 1`;
  const speed = rows[0]?.speed ?? null;
  const total = rows.reduce((sum, { count }) => sum + count, 0);
  const byPage = await estimateSeconds(sql, new Map(rows.map((row) => [row.page_id, row.count])));
  const lastDue = Math.max(0, ...rows.map((row) => row.last_due));
  return Math.max(byPage, speed === null ? 0 : total / speed, lastDue);
}
