import type { Sql, TransactionSql } from "postgres";
import { firstIdOf } from "../sequences/mod.ts";

/** So many days are looked back to: twice the longest span that can be asked for. */
const keptDays = 180;
/** Late events are counted until this long after the end of a day. */
const settledAfter = "1 hour";

interface DueDay {
  workspace_id: string;
  day: string;
  zone: string;
}

/**
 * Counts one day of one workspace, the newest that is due: a day that goes on every other minute, and the seldomer the
 * more there is to count; one that is over once more, and those before it that were never counted. One process at a
 * time. Gives whether there may be more.
 */
export async function countDays({ sql }: { sql: Sql }): Promise<boolean> {
  return await sql.begin(async (tx) => {
    const [lock] = await tx<{ mine: boolean }[]>`
      select pg_try_advisory_xact_lock(hashtext('messaging.day_counts')) as mine`;
    if (lock?.mine !== true) return false;
    const [due] = await tx<DueDay[]>`
      select p.workspace_id, past.day::text as day, zone.name as zone
      from messaging.pages p
      cross join lateral (select coalesce((select r.timezone from messaging.sending_rules r
        where r.workspace_id = p.workspace_id), 'UTC') as name) zone
      cross join lateral (select (clock_timestamp() at time zone zone.name)::date as today) now
      cross join lateral (select now.today - ago as day from generate_series(0,
        least(${keptDays}::int4, now.today - (p.created_at at time zone zone.name)::date)) ago) past
      left join messaging.day_counts c
        on c.workspace_id = p.workspace_id and c.day = past.day and c.page_id = p.id and c.zone = zone.name
      where c.day is null or c.counted_at < clock_timestamp() - make_interval(secs => least(1800, 120 + c.received / 50))
        and c.counted_at < ((past.day + 1)::timestamp at time zone zone.name) + ${settledAfter}::interval
      order by past.day desc, p.workspace_id limit 1`;
    if (!due) return await countCampaign(tx);
    await countDay(tx, due);
    return true;
  });
}

async function countDay(tx: TransactionSql, { workspace_id: workspaceId, day, zone }: DueDay): Promise<void> {
  const from = tx`(${day}::date::timestamp at time zone ${zone}::text)`;
  const until = tx`((${day}::date + 1)::timestamp at time zone ${zone}::text)`;
  // Ids contain the time at which a row was written: imported messages from before the connection come too late.
  const range = tx`>= ${firstIdOf(tx, tx`${from} - interval '1 min'`)}`;
  const end = tx`< ${firstIdOf(tx, tx`${until} + ${settledAfter}::interval`)}`;
  await tx`
    with message as materialized (
      select m.page_id, m.conversation_id, m.author_kind, m.sent_at from messaging.messages m
      where m.workspace_id = ${workspaceId} and m.id ${range} and m.id ${end}
        and m.sent_at >= ${from} and m.sent_at < ${until} and not m.is_partial),
    said as (
      select page_id, count(*) filter (where author_kind = 'contact') as received,
        count(distinct conversation_id) filter (where author_kind = 'contact') as writers,
        count(*) filter (where author_kind = 'user') as answers,
        count(*) filter (where author_kind = 'automation') as automatic,
        count(*) filter (where author_kind = 'external') as elsewhere
      from message group by page_id),
    hour as (
      select page_id, jsonb_object_agg(hour, count) as hours from (
        select page_id, extract(hour from sent_at at time zone ${zone}::text)::int4 as hour, count(*) from message
        where author_kind = 'contact' group by 1, 2) each group by page_id),
    -- From the first thing that a person wrote after the answer before, if that is no week ago.
    response as (
      select answer.page_id, array_agg(extract(epoch from answer.sent_at - asked.at)::int4) as seconds
      from message answer
      cross join lateral (
        select min(q.sent_at) as at from messaging.messages q
        where q.conversation_id = answer.conversation_id and q.direction = 'in' and q.sent_at < answer.sent_at
          and q.sent_at > greatest(answer.sent_at - interval '7 days', (
            select max(b.sent_at) from messaging.messages b where b.conversation_id = answer.conversation_id
              and b.author_kind = 'user' and b.sent_at < answer.sent_at))) asked
      where answer.author_kind = 'user' and asked.at is not null group by answer.page_id),
    -- From the first thing that a person wrote after it was resolved before.
    resolution as (
      select e.page_id, array_agg(extract(epoch from e.at - begun.at)::int4) as seconds
      from messaging.events e
      cross join lateral (
        select min(q.sent_at) as at from messaging.messages q
        where q.conversation_id = e.conversation_id and q.direction = 'in' and q.sent_at < e.at
          and q.sent_at > greatest(e.at - interval '90 days', (
            select max(b.at) from messaging.events b where b.conversation_id = e.conversation_id
              and b.kind = 'status' and b.data ->> 'to' = 'resolved' and b.at < e.at))) begun
      where e.workspace_id = ${workspaceId} and e.id ${range} and e.id ${end} and e.at >= ${from} and e.at < ${until}
        and e.kind = 'status' and e.data ->> 'to' = 'resolved' and begun.at is not null group by e.page_id),
    source as (
      select page_id, jsonb_object_agg(source, count) as sources from (
        select c.page_id, c.source, count(*) from messaging.contacts c
        where c.workspace_id = ${workspaceId} and c.id ${range} and c.id ${end}
          and c.created_at >= ${from} and c.created_at < ${until} group by 1, 2) each group by page_id)
    insert into messaging.day_counts (workspace_id, page_id, day, zone, sources, received, writers, answers, automatic,
      elsewhere, hours, response_seconds, resolution_seconds, counted_at)
    select p.workspace_id, p.id, ${day}::date, ${zone}, coalesce(source.sources, '{}'), coalesce(said.received, 0),
      coalesce(said.writers, 0), coalesce(said.answers, 0), coalesce(said.automatic, 0), coalesce(said.elsewhere, 0),
      coalesce(hour.hours, '{}'), coalesce(response.seconds, '{}'), coalesce(resolution.seconds, '{}'), clock_timestamp()
    from messaging.pages p
    left join said on said.page_id = p.id left join hour on hour.page_id = p.id
    left join response on response.page_id = p.id left join resolution on resolution.page_id = p.id
    left join source on source.page_id = p.id
    where p.workspace_id = ${workspaceId}
    -- Waits for a deletion of the page, and then leaves it out.
    for key share of p
    on conflict (workspace_id, day, page_id) do update set zone = excluded.zone, sources = excluded.sources,
      received = excluded.received, writers = excluded.writers, answers = excluded.answers,
      automatic = excluded.automatic, elsewhere = excluded.elsewhere, hours = excluded.hours,
      response_seconds = excluded.response_seconds, resolution_seconds = excluded.resolution_seconds,
      counted_at = excluded.counted_at`;
}

/** Of one campaign that was over before days were counted. */
async function countCampaign(tx: TransactionSql): Promise<boolean> {
  const counted = await tx`
    with campaign as materialized (
      select k.id, coalesce((select r.timezone from messaging.sending_rules r
        where r.workspace_id = k.workspace_id), 'UTC') as zone
      from messaging.campaigns k
      where k.status in ('completed', 'cancelled') and (k.counts ->> 'sent')::int8 > 0
        and k.finished_at > clock_timestamp() - make_interval(days => ${keptDays})
        and not exists (select from messaging.campaign_days d where d.campaign_id = k.id)
      limit 1)
    insert into messaging.campaign_days (campaign_id, day, sent)
    select campaign.id, (d.settled_at at time zone campaign.zone)::date, count(*)::int4
    from campaign join messaging.deliveries d on d.campaign_id = campaign.id and d.state = 'sent'
    group by 1, 2 on conflict do nothing returning campaign_id`;
  return counted.length > 0;
}
