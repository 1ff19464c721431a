import type { Fragment, Sql, TransactionSql } from "postgres";

/**
 * SQL for the time at which the first waiting row of lane `l` is due, null when nothing waits. Only rows of campaigns
 * that run count, and those of none: one look into the index for each.
 */
export function firstDue(sql: Sql | TransactionSql): Fragment {
  return sql`(
    select min(due.at) from (
      (select d.due_at as at from messaging.deliveries d
        where d.page_id = l.page_id and d.class = l.class and d.campaign_id is null and d.state = 'queued'
        order by d.due_at limit 1)
      union all
      select first.due_at from messaging.campaigns running
      cross join lateral (
        select d.due_at from messaging.deliveries d
        where d.page_id = l.page_id and d.class = l.class and d.campaign_id = running.id and d.state = 'queued'
        order by d.due_at limit 1) first
      where running.workspace_id = l.workspace_id and running.status = 'running'
        and (running.expires_at is null or running.expires_at > clock_timestamp())) due)`;
}
