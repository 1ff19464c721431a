import type postgres from "postgres";

/**
 * A person's engagement, from their actions:
 *
 *   new       known for less than 7 days and wrote fewer than 3 messages
 *   inactive  never wrote, or not for 90 days
 *   hot, warm, cold  by a score of 0 to 100: at least 70, at least 40, less
 *
 * The score is recency + frequency + response:
 *
 *   recency   50 × (1 − days since their last message ÷ 90)
 *   frequency 30 × their messages of the last 30 days ÷ 10, at most 30
 *   response  20 × share of the campaign messages of the last 90 days that they read or answered within 3 days;
 *             10 when they got none
 *
 * Somebody who wrote once yesterday is warm (49 + 3 + 10), after ten messages hot (49 + 30 + 10), and 40 days after a
 * single message cold (28 + 0 + 10).
 */
export const engagementRules = {
  newDays: 7,
  newMessages: 3,
  inactiveDays: 90,
  recency: 50,
  frequency: { points: 30, messages: 10, days: 30 },
  response: { points: 20, unknown: 10, days: 90, replyDays: 3 },
  hot: 70,
  warm: 40,
} as const;

/**
 * Computes anew for the contacts that `ids` selects (at most a few thousand), set-based; writes only what changed.
 * Rows that something else holds just now are left for the next time.
 */
export async function refreshEngagement(
  sql: postgres.Sql,
  workspaceId: string,
  ids: postgres.Fragment,
): Promise<number> {
  const { newDays, newMessages, inactiveDays, recency, frequency, response, hot, warm } = engagementRules;
  const days = (count: number) => sql`make_interval(days => ${count})`;
  const rows = await sql`
    with picked as materialized (
      select c.id, c.page_id, c.created_at, c.last_inbound_at, c.engagement from messaging.contacts as c
      where c.workspace_id = ${workspaceId}::uuid and c.id in (${ids}) order by c.id for no key update skip locked
    ), rated as (
      select c.id, c.page_id, case
          when c.last_inbound_at is null and c.created_at > now() - ${days(newDays)} then 'new'
          when c.last_inbound_at is null or c.last_inbound_at <= now() - ${days(inactiveDays)} then 'inactive'
          when c.created_at > now() - ${days(newDays)} and wrote.total < ${newMessages} then 'new'
          when score.points >= ${hot} then 'hot'
          when score.points >= ${warm} then 'warm'
          else 'cold' end as engagement
      from picked as c
      left join messaging.conversations as v
        on v.workspace_id = ${workspaceId}::uuid and v.id = c.id and v.page_id = c.page_id
      cross join lateral (select count(*) as total from (select 1 from messaging.messages as m
        where m.conversation_id = c.id and m.direction = 'in' and m.sent_at > now() - ${days(frequency.days)}
          and c.last_inbound_at > now() - ${days(frequency.days)}
        limit ${frequency.messages}) as m) as wrote
      cross join lateral (select avg(case when d.settled_at <= v.read_until
          or (c.last_inbound_at > d.settled_at and c.last_inbound_at <= d.settled_at + ${days(response.replyDays)})
          then 1.0 else 0.0 end) as share
        from messaging.deliveries as d
        where d.contact_id = c.id and d.campaign_id is not null and d.state = 'sent'
          and d.settled_at > now() - ${days(response.days)} and c.last_inbound_at > now() - ${days(inactiveDays)}) as got
      cross join lateral (select
        ${recency}::float8 * (1 - extract(epoch from now() - c.last_inbound_at) / 86400 / ${inactiveDays}::float8)
        + ${frequency.points}::float8 * wrote.total / ${frequency.messages}::float8
        + coalesce(${response.points}::float8 * got.share, ${response.unknown}::float8) as points) as score
    )
    update messaging.contacts as c set engagement = rated.engagement
    from rated
    where c.workspace_id = ${workspaceId}::uuid and c.id = rated.id and c.page_id = rated.page_id
      and c.engagement <> rated.engagement
    returning 1`;
  return rows.length;
}
