import type { Sql } from "postgres";
import { ensureLanes } from "../delivery/lanes.ts";
import { wakeLanes } from "../delivery/settle.ts";

const mostAtOnce = 500;

/**
 * Moves everybody who is due in a running sequence one step on: exits, skips a step whose condition does not hold, or
 * writes the step's message into the ledger, whose unique key keeps it from being written twice. Any number of
 * processes may do it at once. Returns how many people moved.
 */
export async function advanceSequences(sql: Sql): Promise<number> {
  return await sql.begin(async (tx) => {
    const moved = await tx<{ workspace_id: string; page_id: string; is_sending: boolean }[]>`
      with running as materialized (
        select k.id, k.workspace_id, k.draft -> 'exit' as exit from messaging.campaigns k
        where k.kind = 'sequence' and k.status = 'running'
      ), due as materialized (
        select e.*, running.exit from running
        cross join lateral (
          select * from messaging.enrolments e
          where e.campaign_id = running.id and e.status = 'active' and e.due_at <= clock_timestamp()
          order by e.due_at limit ${mostAtOnce} for update skip locked) e
        limit ${mostAtOnce}
      ), fact as (
        select due.*, c.psid, c.subscribed, c.blocked_at, c.last_inbound_at, s.content_id, s.condition,
          s.campaign_id is null as is_over, following.delay_seconds as next_delay, last.state as last_state,
          coalesce(last.settled_at, due.started_at) as last_at, click.delivery_id is not null as has_clicked,
          media.type in ('audio', 'video') as is_media
        from due
        join messaging.contacts c on c.workspace_id = due.workspace_id and c.id = due.contact_id and c.page_id = due.page_id
        left join messaging.sequence_steps s on s.campaign_id = due.campaign_id and s.step = due.next_step
        left join messaging.sequence_steps following
          on following.campaign_id = due.campaign_id and following.step = due.next_step + 1
        left join messaging.contents content on content.workspace_id = s.workspace_id and content.id = s.content_id
        left join messaging.media_files media
          on media.workspace_id = content.workspace_id and media.id = content.media_file_id
        left join lateral (
          select d.id, d.state, d.settled_at from messaging.deliveries d
          where d.campaign_id = due.campaign_id and d.page_id = due.page_id and d.psid = c.psid
            and d.step between (due.round - 1) * 1000 + 1 and (due.round - 1) * 1000 + due.next_step - 1
          order by d.step desc limit 1) last on true
        left join lateral (select delivery_id from messaging.clicks where delivery_id = last.id limit 1) click on true
      ), judged as (
        select fact.*, case
            when not subscribed then 'unsubscribed'
            when blocked_at is not null then 'blocked'
            when (exit ->> 'onReply')::bool and last_inbound_at > last_at and last_state is not null then 'replied'
            when (exit ->> 'onClick')::bool and has_clicked then 'clicked'
            when exists (select from messaging.contact_tags t
              where t.contact_id = fact.contact_id and t.tag_id = (exit ->> 'onTagId')::uuid) then 'tagged'
          end as leaves,
          coalesce(case condition ->> 'kind'
            when 'replied' then coalesce(last_inbound_at > last_at, false)
            when 'clicked' then has_clicked
            when 'has_tag' then exists (select from messaging.contact_tags t
              where t.contact_id = fact.contact_id and t.tag_id = (condition ->> 'tagId')::uuid)
          end <> (condition ->> 'not')::bool, true) as holds,
          coalesce(last_state in ('queued', 'leased', 'sending', 'unknown'), false) as is_waiting
        from fact
      ), sent as (
        insert into messaging.deliveries (workspace_id, page_id, contact_id, psid, class, content_id, campaign_id, step, state)
        select workspace_id, page_id, contact_id, psid, case when is_media then 'media' else 'campaign' end, content_id,
          campaign_id, (round - 1) * 1000 + next_step, 'queued'
        from judged where leaves is null and not is_over and not is_waiting and holds
        on conflict (campaign_id, step, page_id, psid) where campaign_id is not null do nothing
        returning campaign_id
      ), counted as (
        insert into messaging.campaign_deltas (campaign_id, counts)
        select campaign_id, jsonb_build_object('planned', count(*), 'queued', count(*)) from sent group by campaign_id
      )
      -- What the message before still waits for (a page's limit, quiet hours) holds the next one back, too.
      update messaging.enrolments e
      set status = case when j.leaves is not null then 'exited' when j.is_over then 'finished'
            when j.is_waiting or j.next_delay is not null then 'active' else 'finished' end,
          exit_reason = j.leaves,
          next_step = e.next_step + (j.leaves is null and not j.is_over and not j.is_waiting)::int,
          due_at = case when j.is_waiting then clock_timestamp() + interval '30 s'
            else clock_timestamp() + make_interval(secs => coalesce(j.next_delay, 0)) end,
          ended_at = case when j.leaves is not null or j.is_over or (not j.is_waiting and j.next_delay is null)
            then clock_timestamp() end
      from judged j where e.id = j.id
      returning e.workspace_id, e.page_id, (j.leaves is null and not j.is_over and not j.is_waiting and j.holds) as is_sending`;
    const pages = new Map(
      moved.filter((one) => one.is_sending).map((one) => [one.page_id, one.workspace_id]),
    );
    for (const [pageId, workspaceId] of pages) await ensureLanes(tx, { workspaceId, pageId });
    if (pages.size > 0) await wakeLanes(tx, [...pages.keys()]);
    return moved.length;
  });
}
