import type { Sql } from "postgres";
import type { Handle } from "#db";
import type { campaigns } from "#db/messaging";

/**
 * Counts of campaigns: folded counts, the last counted results, speed, and the newest results for the
 * breakers. Nothing else changes these columns (ops/transitions.test.ts), but for the transitions that reset them.
 *
 * The measured hot paths (plan, claim, settle, ingest) insert deltas beside their rows, as delivery/deltas.ts has them: if
 * they updated the campaign, all lanes and processes would wait for one row. `foldCounts` adds the deltas up each second.
 */

export interface CampaignCounts {
  /** Rows by state, and what else is counted: `clicked`, `delivered`, `read`, `replied`. */
  [count: string]: number;
}

export interface ChangedCampaign {
  workspaceId: string;
  campaignId: string;
  status: (typeof campaigns.$inferSelect)["status"];
  counts: CampaignCounts;
}

// More at once would hold the rows of campaigns for long; the next second folds the rest.
const mostDeltas = 5_000;

/**
 * Adds the deltas written since the last time to the counts of their campaigns. Several processes may do it at once.
 * Returns the campaigns whose counts changed, for their screens.
 */
export async function foldCounts({ sql }: { sql: Sql }): Promise<ChangedCampaign[]> {
  return await sql<ChangedCampaign[]>`
    with taken as (
      delete from messaging.campaign_deltas
      where id = any (array(
        select id from messaging.campaign_deltas order by id limit ${mostDeltas} for update skip locked))
      returning campaign_id, counts, errors),
    change as (
      select campaign_id, jsonb_object_agg(name, amount) as counts from (
        select campaign_id, name, sum(value::int8) as amount
        from taken cross join lateral jsonb_each_text(counts) as one(name, value)
        group by campaign_id, name) named
      group by campaign_id),
    mistake as (
      select campaign_id, jsonb_object_agg(name, amount) as errors from (
        select campaign_id, name, sum(value::int8) as amount
        from taken cross join lateral jsonb_each_text(errors) as one(name, value)
        group by campaign_id, name) named
      group by campaign_id),
    -- In one order, so that two who fold at once never wait for each other in a circle.
    locked as materialized (
      select c.id from messaging.campaigns c join change on change.campaign_id = c.id
      order by c.id for no key update of c),
    day as (
      insert into messaging.campaign_days as day (campaign_id, day, sent)
      select c.id, (clock_timestamp() at time zone coalesce((
          select r.timezone from messaging.sending_rules r where r.workspace_id = c.workspace_id), 'UTC'))::date,
        (change.counts ->> 'sent')::int4
      from locked join change on change.campaign_id = locked.id join messaging.campaigns c on c.id = locked.id
      where (change.counts ->> 'sent')::int8 <> 0 order by c.id
      on conflict (campaign_id, day) do update set sent = day.sent + excluded.sent)
    update messaging.campaigns c
    set counts = ${addUp(sql, "c.counts", "change.counts")},
        -- For the breakers: the current results, after the earlier ones.
        recent = case when change.counts ?| array['sent', 'failed', 'optedOut'] or mistake.errors is not null
          then c.recent || jsonb_build_array(jsonb_build_object(
            'sent', greatest(0, coalesce((change.counts ->> 'sent')::int8, 0)),
            'failed', greatest(0, coalesce((change.counts ->> 'failed')::int8, 0)),
            'optedOut', coalesce((change.counts ->> 'optedOut')::int8, 0),
            'errors', coalesce(mistake.errors, '{}')))
          else c.recent end
    from locked join change on change.campaign_id = locked.id
    left join mistake on mistake.campaign_id = change.campaign_id
    where c.id = locked.id
    returning c.workspace_id as "workspaceId", c.id as "campaignId", c.status, c.counts`;
}

/** The sum of two objects of numbers, name by name. */
function addUp(sql: Sql, one: string, other: string) {
  return sql.unsafe(`(
    select coalesce(jsonb_object_agg(name, amount), '{}') from (
      select name, sum(value::int8) as amount from (
        select * from jsonb_each_text(${one}) union all select * from jsonb_each_text(${other})) as one(name, value)
      group by name) named)`);
}

/** Counts of campaigns as the ledger has them now: folded counts plus deltas. */
export async function readCounts(
  sql: Handle,
  campaignIds: readonly string[],
): Promise<Map<string, CampaignCounts>> {
  if (campaignIds.length === 0) return new Map();
  const rows = await sql<{ id: string; counts: CampaignCounts }[]>`
    select c.id, (
      select coalesce(jsonb_object_agg(name, amount), '{}') from (
        select name, sum(value::int8) as amount from (
          select * from jsonb_each_text(c.counts)
          union all
          select one.* from messaging.campaign_deltas d cross join lateral jsonb_each_text(d.counts) as one
          where d.campaign_id = c.id) as one(name, value)
        group by name) named) as counts
    from messaging.campaigns c where c.id = any(${[...campaignIds]}::uuid[])`;
  return new Map(rows.map(({ id, counts }) => [id, counts]));
}

/** Keeps the newest results that the breakers need next time, unless more arrived meanwhile. */
export async function keepRecent(
  sql: Sql,
  { campaignId, before, kept }: { campaignId: string; before: string; kept: string },
): Promise<boolean> {
  const changed = await sql`update messaging.campaigns set recent = ${kept}::jsonb
    where id = ${campaignId} and recent = ${before}::jsonb returning id`;
  return changed.length > 0;
}

/**
 * Measures messages per second of each running campaign from the folded counts, every two seconds, in any one
 * process.
 */
export async function measureSpeed({ sql }: { sql: Sql }): Promise<boolean> {
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

export interface DueCount<Goal> {
  id: string;
  workspace_id: string;
  goal: Goal | null;
  over_seconds: number | null;
  is_being_planned: boolean;
  counts: Record<string, number>;
}

/**
 * Takes the campaign whose turn it is to be counted, for five minutes: while it is under way, for the seven days after
 * it, and once more later where a migration changed what counts.
 */
export async function takeDueCount<Goal>(sql: Sql): Promise<DueCount<Goal> | undefined> {
  const [due] = await sql<DueCount<Goal>[]>`
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
  return due;
}

export interface CountedCampaign {
  campaignId: string;
  counted: { delivered: number; read: number; replied: number };
  /** When the slowest page will be through, in milliseconds since 1970; null: it is over. */
  pagesEndAt: number | null;
  /** The stored counts until the next count; null: a small one is counted on request. */
  results: object | null;
  nextSeconds: number;
  /** Its plan went on when it was counted. */
  isBeingPlanned: boolean;
}

/** Stores the counts of a campaign. Returns whether they changed. */
export async function storeCounted(
  sql: Sql,
  { campaignId, counted, pagesEndAt, results, nextSeconds, isBeingPlanned }: CountedCampaign,
): Promise<boolean> {
  const kept = results === null ? null : JSON.stringify(results);
  const [row] = await sql<{ is_changed: boolean }[]>`
    update messaging.campaigns c
    set counts = c.counts || ${JSON.stringify(counted)}::jsonb,
        progress = c.progress - 'isToRecount' || ${JSON.stringify(pagesEndAt === null ? {} : { pagesEndAt })}::jsonb,
        results = ${kept}::jsonb, results_at = case when ${kept}::jsonb is not null then clock_timestamp() end,
        -- A plan that ended meanwhile made it due.
        receipts_due_at = case when ${isBeingPlanned} and c.planned_at is not null then c.receipts_due_at
          else clock_timestamp() + make_interval(secs => ${nextSeconds}::float8) end
    where c.id = ${campaignId}
    returning old.counts is distinct from new.counts as is_changed`;
  return row?.is_changed === true;
}
