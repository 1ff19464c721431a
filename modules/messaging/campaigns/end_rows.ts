import type { Sql } from "postgres";

const chunk = 5_000;

/**
 * Ends what waits in campaigns that were cancelled, or whose time is over, a chunk of one campaign at a time. Gives
 * whether there may be more. What is on its way meanwhile settles by itself.
 */
export async function endRows({ sql }: { sql: Sql }): Promise<boolean> {
  const [row] = await sql<{ ended: number }[]>`
    with campaign as materialized (
      select c.id, c.status = 'cancelled' as is_cancelled,
        case when c.status <> 'cancelled' then 'expired' when c.kind = 'sequence' then 'sequence-stopped'
          else 'campaign-cancelled' end as reason
      from messaging.campaigns c
      where (c.status = 'cancelled' and c.finished_at > clock_timestamp() - interval '30 days'
          or c.status = 'running' and c.expires_at <= clock_timestamp())
        and (select true from messaging.deliveries d where d.campaign_id = c.id and d.state = 'queued'
          order by d.page_id, d.class, d.due_at, d.id limit 1)
      limit 1),
    waiting as materialized (
      select d.id, campaign.id as campaign_id, campaign.is_cancelled, campaign.reason
      from campaign
      join messaging.deliveries d on d.campaign_id = campaign.id and d.state = 'queued'
      -- As the index has them: another order would sort everything that waits for each chunk.
      order by d.page_id, d.class, d.due_at, d.id limit ${chunk} for update of d skip locked),
    ended as (
      update messaging.deliveries d
      set state = case when w.is_cancelled then 'cancelled' else 'skipped' end,
          reason = w.reason,
          settled_at = clock_timestamp()
      from waiting w where d.id = w.id
      returning d.campaign_id, d.state),
    delta as (
      insert into messaging.campaign_deltas (campaign_id, counts)
      select campaign_id, jsonb_build_object('queued', -count(*), state, count(*)) from ended group by campaign_id, state)
    select count(*)::int4 as ended from ended`;
  return (row?.ended ?? 0) > 0;
}
