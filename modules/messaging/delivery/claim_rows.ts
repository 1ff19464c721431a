import type { TransactionSql } from "postgres";
import { nameSeconds, valuesSql } from "../templates/mod.ts";
import { canary } from "./canary.ts";
import type { LaneRow } from "./claim_lanes.ts";
import { type PersonRow, readSamePeople, type SamePerson } from "./same_person.ts";

/** A campaign that has something to do in a lane. */
export interface ReadyCampaign {
  campaign_id: string | null;
  /** Messages that its own speed, or its canary, allows within a slice; null: no limit. */
  allowed: number | null;
  /** Its speed now, and for how long its bucket is drawn, in milliseconds from now. */
  speed: number | null;
  drawn_ms: number;
  expires_at: number | null;
  ignores_cap: boolean;
  ignores_quiet_hours: boolean;
}

/** A waiting message with the data for its decision. */
export interface WaitingRow extends ReadyCampaign {
  /** The index of its lane in the request. */
  lane: number;
  /** The number requested: if all came, there may be more. */
  most: number;
  id: string;
  contact_id: string | null;
  psid: string;
  message_id: string | null;
  is_person: boolean;
  /** It confirms the person's own consent keyword. */
  confirms_consent: boolean;
  attempts: number;
  trace_id: string | null;
  content_id: string;
  /** Only for rows without a campaign; a campaign's rows share its content. */
  message: Record<string, unknown> | null;
  timezone: string | null;
  subscribed: boolean | null;
  blocked_at: number | null;
  unreachable_at: number | null;
  last_inbound_at: number | null;
  ad_window_until: number | null;
  window_closed_at: number | null;
  is_suppressed: boolean;
  /** For a campaign: their conversation is in spam. */
  is_spam: boolean;
  /** For a sequence that the contact left while another process held this message. */
  has_left: boolean;
  /** Messages of campaigns to this person within the hours of the cap. */
  recent: number | null;
  /** The person of merged contacts. */
  person_id: string | null;
  /** Set for those. */
  same_person?: SamePerson | undefined;
  values: unknown;
  /** They wrote just now, so Meta is being asked for their name. */
  awaits_name: boolean;
  media_file_id: string | null;
  attachment_id: string | null;
  /** Why Meta does not take the file on this page. */
  upload_error: string | null;
  comment_id: string | null;
  commented_at: number | null;
}

/** A ready campaign of which nothing can leave within this slice. */
export type IdleCampaign = ReadyCampaign & { lane: number; id: null };

/**
 * Waiting messages of these lanes, with a fair share of the lane's room per campaign. Reads only running campaigns,
 * each by its own range of the index: rows of others cost nothing.
 */
export async function takeWaiting(
  tx: TransactionSql,
  lanes: readonly { lane: LaneRow; room: number }[],
): Promise<(WaitingRow | IdleCampaign)[]> {
  const asked = lanes.map(({ lane, room }, n) => ({
    n,
    workspace: lane.workspace_id,
    page: lane.page_id,
    class: lane.class,
    room,
    cap: lane.cap_count,
    cap_hours: lane.cap_hours,
  }));
  const ms = (column: string) => tx.unsafe(`(extract(epoch from ${column}) * 1000)::float8`);
  const rows = await tx<(WaitingRow | IdleCampaign)[]>`
    with lane as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
        as lane(n int, workspace uuid, page uuid, class text, room int, cap int, cap_hours int)),
    -- Of a campaign with a speed of its own one claim at a time takes messages; another one does without it this time.
    slow as materialized (
      select c.id, c.speed_at from messaging.campaigns c
      where c.status = 'running' and c.workspace_id in (select workspace from lane where class <> 'reply')
        and (c.speed_per_second is not null or ${mayBeCanary(tx)})
      for no key update skip locked),
    live as materialized (
      select c.id, c.workspace_id, c.kind, c.expires_at, c.options, pace.speed,
             greatest(0, extract(epoch from slow.speed_at - clock_timestamp()) * 1000)::float8 as drawn_ms,
             case when pace.speed is null then null when slow.id is null then 0 else
               greatest(0, least(so_far.canary_left, 1 + floor(pace.speed * extract(epoch from
                 clock_timestamp() + interval '250 ms' - greatest(slow.speed_at, clock_timestamp())))))
               end::int4 as allowed
      from messaging.campaigns c
      left join slow on slow.id = c.id
      left join lateral (
        select ${canary.first}::int8 - issued as canary_left from (
          select coalesce(sum(value) filter (where name in ('sending', 'sent', 'failed', 'unknown')), 0) as issued,
                 coalesce(sum(value) filter (where name in ('sent', 'failed')), 0) as settled,
                 coalesce(sum(value) filter (where name in
                   ('queued', 'sending', 'sent', 'failed', 'unknown', 'skipped', 'cancelled')), 0) as planned
          from (
            select name, value::int8 from jsonb_each_text(c.counts) as one(name, value)
            union all
            select name, value::int8 from messaging.campaign_deltas d
            cross join lateral jsonb_each_text(d.counts) as one(name, value) where d.campaign_id = c.id) count) total
        where settled < ${canary.first}::int8 and (c.planned_at is null or planned > ${canary.above}::int8)) so_far
        on ${mayBeCanary(tx)}
      cross join lateral (
        select least(c.speed_per_second, case when so_far.canary_left is not null then ${canary.perSecond}::float4 end)::float8
          as speed) pace
      where c.status = 'running' and c.workspace_id in (select workspace from lane where class <> 'reply')
        and (c.expires_at is null or c.expires_at > clock_timestamp())),
    ready as materialized (
      select found.*, count(*) over (partition by n)::int4 as campaigns from (
        select lane.*, live.id as campaign_id, live.speed, live.allowed, live.drawn_ms, ${ms("live.expires_at")} as expires_at,
               live.kind = 'sequence' as is_sequence,
               coalesce(live.options ->> 'ignoreCap' = 'true', false) as ignores_cap,
               coalesce(live.options ->> 'ignoreQuietHours' = 'true', false) as ignores_quiet_hours
        from lane join live on live.workspace_id = lane.workspace and lane.class <> 'reply'
        -- A separate subquery, as below: a join would read waiting rows of all campaigns in the lane.
        where (
          select true from messaging.deliveries d where d.page_id = lane.page and d.class = lane.class
            and d.campaign_id = live.id and d.state = 'queued' and d.due_at <= statement_timestamp()
          limit 1) is not null
        union all
        select lane.*, null, null, null, 0, null, false, false, false from lane) found)
    select ready.n as lane, d.most, ready.campaign_id, ready.allowed, ready.speed, ready.drawn_ms, ready.expires_at,
           ready.ignores_cap, ready.ignores_quiet_hours, d.id, d.contact_id, d.psid, d.message_id,
           d.by_user_id is not null as is_person, coalesce(d.confirms_consent, false) as confirms_consent, d.attempts::int4, d.trace_id, d.content_id, c.timezone, c.subscribed,
           ${ms("c.blocked_at")} as blocked_at, ${ms("c.unreachable_at")} as unreachable_at,
           ${ms("c.last_inbound_at")} as last_inbound_at, ${ms("c.ad_window_until")} as ad_window_until,
           ${ms("c.window_closed_at")} as window_closed_at,
           exists (select from messaging.suppressions s where s.page_id = d.page_id and s.psid = d.psid) as is_suppressed,
           ready.campaign_id is not null and exists (select from messaging.conversations v
             where v.workspace_id = c.workspace_id and v.id = c.id and v.page_id = c.page_id and v.status = 'spam') as is_spam,
           ready.is_sequence and not exists (select from messaging.enrolments e
             where e.campaign_id = ready.campaign_id and e.contact_id = d.contact_id and e.status = 'active') as has_left,
           case when ready.campaign_id is not null and ready.cap is not null and not ready.ignores_cap then (
             select count(*)::int4 from messaging.deliveries o
             where o.contact_id = d.contact_id and o.campaign_id is not null and o.state in ('sent', 'sending', 'unknown')
               and coalesce(o.settled_at, o.attempt_at) > clock_timestamp() - make_interval(hours => ready.cap_hours))
             end as recent,
           c.person_id,
           case when content.is_personal then (
             select ${valuesSql(tx)} from messaging.pages p where p.workspace_id = d.workspace_id and p.id = d.page_id)
             end as values,
           coalesce(ready.campaign_id is not null and content.is_personal and c.profile_state = 'wanted'
             and c.last_inbound_at > clock_timestamp() - interval '1 min'
             and uuid_extract_timestamp(d.id) > clock_timestamp() - make_interval(secs => ${nameSeconds}), false) as awaits_name,
           case when ready.campaign_id is null then content.message end as message, content.media_file_id, upload.attachment_id, upload.error as upload_error, k.comment_id, ${ms("k.created_at")} as commented_at
    from ready
    left join lateral (
      -- Per person one at a time: a message of a person waits for the earlier ones of its lane, and nothing but a reply
      -- starts while anything is on its way to the same person.
      select * from (
        select d.*, ready.room + 1 as most from messaging.deliveries d
        where ready.campaign_id is null and d.campaign_id is null and d.page_id = ready.page and d.class = ready.class
          and d.state = 'queued' and d.due_at <= statement_timestamp()
          and (select true from messaging.deliveries o
            where o.contact_id = d.contact_id and o.campaign_id is null and o.class = d.class and o.id < d.id
              and o.state in ('queued', 'leased', 'sending', 'unknown') limit 1) is null
          and (d.class = 'reply' or ${onItsWay(tx)} is null)
        order by d.due_at, d.id limit ready.room + 1) alone
      union all
      select * from (
        select d.*, part.most from (
          select least(ready.allowed, 1 + ready.room, greatest(1, 2 * ready.room / ready.campaigns)) as most) part
        cross join lateral (
          select * from messaging.deliveries d
          where d.campaign_id = ready.campaign_id and d.page_id = ready.page and d.class = ready.class
            and d.state = 'queued' and d.due_at <= statement_timestamp() and ${onItsWay(tx)} is null
          order by d.due_at, d.id limit part.most) d) of_campaign) d on true
    left join messaging.contacts c on c.workspace_id = d.workspace_id and c.id = d.contact_id and c.page_id = d.page_id
    left join messaging.contents content on content.workspace_id = d.workspace_id and content.id = d.content_id
    left join messaging.media_uploads upload on upload.page_id = d.page_id and upload.media_file_id = content.media_file_id
      and upload.expires_at > clock_timestamp() + case when upload.error is null then interval '1 h' else '0' end
    left join messaging.comments k on k.workspace_id = d.workspace_id and k.id = d.comment_id
    where d.id is not null or ready.campaign_id is not null`;
  const merged = rows.flatMap((row) => (row.id !== null && isOfPerson(row) ? [row] : []));
  const samePeople = await readSamePeople(tx, merged);
  for (const row of merged) row.same_person = samePeople.get(row.id);
  return rows;
}

const isOfPerson = (row: WaitingRow): row is WaitingRow & PersonRow =>
  row.campaign_id !== null && row.person_id !== null;

/**
 * Whether anything is on its way to the person of `d`; null: nothing is. A question of its own for each row, by index:
 * statistics see nothing on its way, and a join planned by them would compare each with each.
 */
function onItsWay(tx: TransactionSql) {
  return tx`(select true from messaging.deliveries o where o.contact_id = d.contact_id and o.state = 'sending' limit 1)`;
}

/** Cheap, and true for all campaigns that are still in their canary: unfolded deltas may be missing in the counts. */
function mayBeCanary(tx: TransactionSql) {
  return tx`(c.kind <> 'sequence' and c.options ->> 'canary' is distinct from 'false'
    and coalesce((c.counts ->> 'sent')::int8, 0) + coalesce((c.counts ->> 'failed')::int8, 0) < ${canary.first}::int8)`;
}
