import type { Sql } from "postgres";
import { endWaiting } from "../delivery/mod.ts";

const chunk = 5_000;

/**
 * Ends waiting rows of canceled or expired campaigns, a batch of one campaign at a time. Returns
 * whether there may be more. Rows in flight settle by themselves.
 */
export async function endRows({ sql }: { sql: Sql }): Promise<boolean> {
  const ended = await endWaiting(
    sql,
    sql`
    with campaign as materialized (
      select c.id, case when c.status = 'cancelled' then 'cancelled' else 'skipped' end as state,
        case when c.status <> 'cancelled' then 'expired' when c.kind = 'sequence' then 'sequence-stopped'
          else 'campaign-cancelled' end as reason
      from messaging.campaigns c
      where (c.status = 'cancelled' and c.finished_at > clock_timestamp() - interval '30 days'
          or c.status = 'running' and c.expires_at <= clock_timestamp())
        and (select true from messaging.deliveries d where d.campaign_id = c.id and d.state = 'queued'
          order by d.page_id, d.class, d.due_at, d.id limit 1)
      limit 1)
    select d.id, campaign.state, campaign.reason
    from campaign
    join messaging.deliveries d on d.campaign_id = campaign.id and d.state = 'queued'
    -- As the index has them: another order would sort everything that waits for each chunk.
    order by d.page_id, d.class, d.due_at, d.id limit ${chunk} for update of d skip locked`,
  );
  return ended > 0;
}
