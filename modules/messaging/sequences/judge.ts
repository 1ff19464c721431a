import type { Fragment, TransactionSql } from "postgres";
import { personKey } from "../delivery/mod.ts";

/**
 * Parts of a statement after `due`, the due enrolments of running sequences with their `exit`: `judged` has the exit
 * reason, if any, and the data of the next step.
 */
export function judgedContacts(tx: TransactionSql): Fragment {
  return tx`fact as (
        select due.*, c.psid, c.subscribed, c.blocked_at, c.last_inbound_at, content.id as content_id, s.condition,
          s.campaign_id is null as is_over, following.delay_seconds as next_delay, last.id as last_id, last.state as last_state,
          coalesce(last.settled_at, due.started_at) as last_at, reached.settled_at as reached_at,
          click.delivery_id is not null as has_clicked,
          ${laneOfContent(tx)} as class,
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
          order by d.id desc limit 1) last on true
        left join lateral (
          select d.settled_at from messaging.deliveries d where ${isEarlier(tx)} and d.state = 'sent'
          order by d.id desc limit 1) reached on true
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
        from fact)`;
}

/** The messages `d` of the steps before the one that is `due`, in the same round; a later one has none yet. */
function isEarlier(tx: TransactionSql): Fragment {
  return tx`d.campaign_id = due.campaign_id and d.page_id = due.page_id and ${tx.unsafe(personKey)} = due.contact_id
    and d.step between (due.round - 1) * 1000 + 1 and due.round * 1000 - 1`;
}

/** The lane in which a `content` with its `media` waits. */
export function laneOfContent(tx: TransactionSql): Fragment {
  return tx`case when content.message -> 'template' is not null then 'utility'
    when media.type in ('audio', 'video') then 'media' else 'campaign' end`;
}
