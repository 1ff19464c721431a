import {
  type CampaignDeps,
  publishCampaign,
  estimateSeconds,
  viewCounts,
  type Goal,
} from "../campaigns/mod.ts";
import { storeCounted, takeDueCount } from "../campaign_state/mod.ts";
import { countResults, mostCountedAtOnce } from "./count_results.ts";

/**
 * Counts delivered, read and answered messages of the next due campaign, and estimates its end. Again after
 * a time that grows with the cost of the count, while it runs and for the seven days after it, and once more
 * later where a migration changed what counts.
 */
export async function refreshReceipts(on: CampaignDeps, most = mostCountedAtOnce): Promise<boolean> {
  const { sql } = on;
  const due = await takeDueCount<Goal>(sql);
  if (!due) return false;
  const startedAt = performance.now();
  const results = await countResults(sql, {
    campaignId: due.id,
    goal: due.goal ?? undefined,
    contacts: due.is_being_planned ? null : viewCounts(due.counts).planned,
  });
  const sum = (name: "count" | "delivered" | "read" | "replied") =>
    results.groups.reduce((total, group) => total + group[name], 0);
  const counted = { delivered: sum("delivered"), read: sum("read"), replied: sum("replied") };
  const pagesEndAt = due.over_seconds !== null ? null : Date.now() + 1000 * (await secondsLeft(on, due.id));
  const costSeconds = (performance.now() - startedAt) / 1000;
  // The older it is the less happens: an hour after its end every three minutes, a day after it every 72. A plan, which
  // needs the processors itself, makes it due at its end.
  const underWay = due.is_being_planned ? 30 : 3;
  const leastSeconds = due.over_seconds === null ? underWay : Math.max(5, due.over_seconds / 20);
  const nextSeconds = Math.max(leastSeconds, 30 * costSeconds);
  const isChanged = await storeCounted(sql, {
    campaignId: due.id,
    counted,
    pagesEndAt,
    results: due.is_being_planned || sum("count") > most ? results : null,
    nextSeconds,
    isBeingPlanned: due.is_being_planned,
  });
  if (isChanged) await publishCampaign(on, due.workspace_id, due.id);
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
