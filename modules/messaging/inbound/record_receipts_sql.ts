import type { Present } from "./inbound_parameters.ts";

// Meta's watermarks have milliseconds.
const left = "date_trunc('milliseconds', d.attempt_at)";

/**
 * When the watermarks of a batch first reached messages of campaigns. Reads the CTEs `page` and `person`.
 *
 * A message that the thread's watermark had passed before has its time already, or none: the time of a later watermark
 * would be invented. Such a message is looked at within the hour before, for receipts that come out of order; at most
 * ten, so that no first receipt reads years of messages. A receipt may come before Meta's answer to the send: so what is
 * still on its way is looked at, too. Rows that stay as they are leave before the insert, whose conflict would lock them.
 */
export const receiptRows = (watermarks: Present<"watermarks">): string => `, receipt as (
  insert into messaging.receipts as r (delivery_id, delivered_at, read_at)
  select reached.id, min(w.at) filter (where news.is_delivered), min(w.at) filter (where news.is_read)
  from (select page.id as page_id, i.psid, to_timestamp(i.at) as at, i.is_read
    from ${watermarks.as("i")}
    join page on page.facebook_id = i.page) as w
  join person on person.page_id = w.page_id and person.psid = w.psid
  left join lateral (select greatest(c.delivered_until, c.read_until) as delivered_until, c.read_until
    from messaging.conversations as c
    where c.workspace_id = person.workspace_id and c.id = person.id and c.page_id = person.page_id limit 1) as before on true
  cross join lateral (
    (select d.id, ${left} as left_at from messaging.deliveries as d
      where d.contact_id = person.id and d.campaign_id is not null and d.state = 'sent' and ${left} <= w.at
        and d.settled_at > least(coalesce(case when w.is_read then before.read_until else before.delivered_until end,
          'epoch'), w.at) - interval '1 h'
      order by d.settled_at desc limit 10)
    union all
    (select d.id, ${left} from messaging.deliveries as d
      where d.contact_id = person.id and d.campaign_id is not null and d.state in ('leased', 'sending', 'unknown')
        and ${left} <= w.at
      limit 10)) as reached
  left join messaging.receipts as known on known.delivery_id = reached.id
  cross join lateral (select
    case when known.delivered_at is null then reached.left_at > coalesce(before.delivered_until, '-infinity')
      else w.at < known.delivered_at end as is_delivered,
    w.is_read and case when known.read_at is null then reached.left_at > coalesce(before.read_until, '-infinity')
      else w.at < known.read_at end as is_read) as news
  where news.is_delivered or news.is_read
  group by reached.id order by reached.id
  on conflict (delivery_id) do update set
    delivered_at = least(r.delivered_at, excluded.delivered_at), read_at = least(r.read_at, excluded.read_at)
  where excluded.delivered_at < coalesce(r.delivered_at, 'infinity')
    or excluded.read_at < coalesce(r.read_at, 'infinity')
)`;
