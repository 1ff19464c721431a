import type { Sql, TransactionSql } from "postgres";
import type { campaigns } from "#db/messaging";

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
        -- What the breakers look at: the results of this moment, behind those before.
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

/** Counts of campaigns as the ledger has them now: what is folded, and what is not folded yet. */
export async function readCounts(
  sql: Sql | TransactionSql,
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

/**
 * Completes campaigns whose plan is finished and of which no row is open; one whose outcome is unknown is open.
 * A question to the ledger and never to a counter. Returns what was completed.
 */
export async function finishCampaigns({ sql }: { sql: Sql }): Promise<ChangedCampaign[]> {
  return await sql<ChangedCampaign[]>`
    update messaging.campaigns c
    set status = 'completed', status_reason = null, untold = 'finished', status_at = clock_timestamp(), finished_at = clock_timestamp(),
        updated_at = clock_timestamp()
    where c.id = any (array(
        select id from messaging.campaigns where status = 'running' and planned_at is not null and kind <> 'sequence'
        for no key update skip locked))
      -- In the order of the index, which a plan that believes much to be waiting would else leave for the whole table.
      and (select true from messaging.deliveries d where d.campaign_id = c.id and d.state = 'queued'
        order by d.page_id, d.class, d.due_at, d.id limit 1) is null
      -- Among all that is on its way, which is little, and in the order of its index: no comparison here fits another one,
      -- and whatever statistics say leads neither through all rows of the campaign nor through the whole ledger.
      and (select true from messaging.deliveries d where d.campaign_id is not distinct from c.id
        and d.state in ('leased', 'sending', 'unknown') order by d.contact_id limit 1) is null
    returning c.workspace_id as "workspaceId", c.id as "campaignId", c.status, c.counts`;
}
