import type { Fragment, Sql, TransactionSql } from "postgres";
import { ensureLanes } from "../delivery/lanes.ts";
import { wakeLanes } from "../delivery/settle.ts";

const mostAtOnce = 500;

interface Moved {
  id: string;
  workspace_id: string;
  page_id: string;
  has_left: boolean;
  is_sending: boolean;
}

/**
 * Moves everybody who is due in a running sequence one step on: exits, skips a step whose condition does not hold, or
 * writes the step's message into the ledger, whose unique key keeps it from being written twice. Who leaves early does
 * not get what still waits. Any number of processes may do it at once. Returns how many people moved.
 */
export async function advanceSequences(sql: Sql): Promise<number> {
  return await sql.begin(async (tx) => {
    const moved = await tx<Moved[]>`
      with running as materialized (
        select k.id, k.workspace_id, k.draft -> 'exit' as exit from messaging.campaigns k
        where k.kind = 'sequence' and k.status = 'running'
        -- Another order each time: one with a million people does not always go before the others.
        order by random()
      ), due as materialized (
        select e.*, running.exit from running
        cross join lateral (
          select * from messaging.enrolments e
          where e.campaign_id = running.id and e.status = 'active' and e.due_at <= clock_timestamp()
          order by e.due_at limit ${mostAtOnce} for update skip locked) e
        limit ${mostAtOnce}
      ), fact as (
        select due.*, c.psid, c.subscribed, c.blocked_at, c.last_inbound_at, content.id as content_id, s.condition,
          s.campaign_id is null as is_over, following.delay_seconds as next_delay, last.id as last_id, last.state as last_state,
          coalesce(last.settled_at, due.started_at) as last_at, reached.settled_at as reached_at,
          click.delivery_id is not null as has_clicked,
          case when content.message -> 'template' is not null then 'utility'
            when media.type in ('audio', 'video') then 'media' else 'campaign' end as class,
          content.message -> 'template' is not null and not exists (select from messaging.utility_templates u
            where u.page_id = due.page_id and u.name = content.message #>> '{template,name}'
              and u.language = content.message #>> '{template,language,code}' and u.status = 'APPROVED') as has_no_template
        from due
        join messaging.contacts c on c.workspace_id = due.workspace_id and c.id = due.contact_id and c.page_id = due.page_id
        left join messaging.sequence_steps s
          on s.campaign_id = due.campaign_id and s.step = due.next_step and s.page_id is null
        left join messaging.sequence_steps own
          on own.campaign_id = due.campaign_id and own.step = due.next_step and own.page_id = due.page_id
        left join messaging.sequence_steps following
          on following.campaign_id = due.campaign_id and following.step = due.next_step + 1 and following.page_id is null
        left join messaging.contents content
          on content.workspace_id = s.workspace_id and content.id = coalesce(own.content_id, s.content_id)
        left join messaging.media_files media
          on media.workspace_id = content.workspace_id and media.id = content.media_file_id
        left join lateral (
          select d.id, d.state, d.settled_at from messaging.deliveries d where ${isEarlier(tx)}
          order by d.step desc limit 1) last on true
        left join lateral (
          select d.settled_at from messaging.deliveries d where ${isEarlier(tx)} and d.state = 'sent'
          order by d.step desc limit 1) reached on true
        left join lateral (select delivery_id from messaging.clicks where delivery_id = last.id limit 1) click on true
      ), judged as (
        select fact.*, case
            when not subscribed then 'unsubscribed'
            when blocked_at is not null then 'blocked'
            when (exit ->> 'onReply')::bool and last_inbound_at > reached_at then 'replied'
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
        insert into messaging.deliveries (workspace_id, page_id, contact_id, psid, class, content_id, campaign_id, step,
          state, reason, settled_at)
        select workspace_id, page_id, contact_id, psid, class, content_id, campaign_id, (round - 1) * 1000 + next_step,
          case when has_no_template then 'skipped' else 'queued' end, case when has_no_template then 'no-template' end,
          case when has_no_template then clock_timestamp() end
        from judged where leaves is null and not is_over and not is_waiting and holds
        on conflict (campaign_id, step, page_id, psid) where campaign_id is not null do nothing
        returning campaign_id, state
      ), counted as (
        insert into messaging.campaign_deltas (campaign_id, counts)
        select campaign_id, jsonb_object_agg(state, count) || jsonb_build_object('planned', sum(count))
        from (select campaign_id, state, count(*) from sent group by 1, 2) written group by campaign_id
      )
      -- What the message before still waits for (a page's limit, quiet hours) holds the next one back, too, and nobody
      -- is at the end while the last one waits: they may still leave early. The longer it waits, the seldomer it is looked at.
      update messaging.enrolments e
      set status = case when j.leaves is not null then 'exited' when j.is_over and not j.is_waiting then 'finished'
            else 'active' end,
          exit_reason = j.leaves,
          next_step = e.next_step + (j.leaves is null and not j.is_over and not j.is_waiting)::int,
          due_at = clock_timestamp() + case when not j.is_waiting then make_interval(secs => coalesce(j.next_delay, 1))
            else least(interval '30 s', greatest(interval '1 s', clock_timestamp() - uuid_extract_timestamp(j.last_id))) end,
          ended_at = case when j.leaves is not null or j.is_over and not j.is_waiting then clock_timestamp() end
      from judged j where e.id = j.id
      returning e.id, e.workspace_id, e.page_id, j.leaves is not null as has_left,
        (j.leaves is null and not j.is_over and not j.is_waiting and j.holds) as is_sending`;
    const left = moved.filter((one) => one.has_left).map((one) => one.id);
    if (left.length > 0) await cancelWaiting(tx, left);
    const pages = new Map(
      moved.filter((one) => one.is_sending).map((one) => [one.page_id, one.workspace_id]),
    );
    for (const [pageId, workspaceId] of pages) await ensureLanes(tx, { workspaceId, pageId });
    if (pages.size > 0) await wakeLanes(tx, [...pages.keys()]);
    return moved.length;
  });
}

/** The messages `d` of the steps before the one that is `due`, in the same round. */
function isEarlier(tx: TransactionSql): Fragment {
  return tx`d.campaign_id = due.campaign_id and d.page_id = due.page_id and d.psid = c.psid
    and d.step between (due.round - 1) * 1000 + 1 and (due.round - 1) * 1000 + due.next_step - 1`;
}

/** What these people left behind is not sent; what is being claimed at this moment is on its way. */
async function cancelWaiting(tx: TransactionSql, enrolmentIds: readonly string[]): Promise<void> {
  await tx`
    with waiting as materialized (
      select d.id from messaging.enrolments e
      join messaging.deliveries d on d.campaign_id = e.campaign_id and d.contact_id = e.contact_id and d.state = 'queued'
      where e.id = any(${[...enrolmentIds]}::uuid[]) for update of d skip locked
    ), cancelled as (
      update messaging.deliveries d set state = 'cancelled', reason = 'left-sequence', settled_at = clock_timestamp()
      from waiting where d.id = waiting.id returning d.campaign_id
    )
    insert into messaging.campaign_deltas (campaign_id, counts)
    select campaign_id, jsonb_build_object('queued', -count(*), 'cancelled', count(*)) from cancelled group by campaign_id`;
}
