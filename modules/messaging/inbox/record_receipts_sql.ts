/**
 * When the watermarks of a batch first reached messages of campaigns. Its parameters, from `first` on, are arrays of
 * watermarks: page, PSID, time, whether it says "read". Reads the CTEs `page` and `person`.
 *
 * Only messages beyond the thread's watermark of before are looked at, by the index that the thread has, and those of an
 * hour before it, for receipts that come out of order; at most ten, so that no first receipt reads years of messages.
 * Rows that stay as they are leave before the insert, whose conflict would lock them.
 */
export const receiptRows = (first: number): string => `, receipt as (
  insert into messaging.receipts as r (delivery_id, delivered_at, read_at)
  select reached.id, min(w.at), min(w.at) filter (where w.is_read)
  from (select page.id as page_id, i.psid, to_timestamp(i.at) as at, i.is_read
    from unnest($${first}::text[], $${first + 1}::text[], $${first + 2}::float8[], $${first + 3}::bool[])
      as i(page, psid, at, is_read)
    join page on page.facebook_id = i.page) as w
  join person on person.page_id = w.page_id and person.psid = w.psid
  cross join lateral (select (select case when w.is_read then c.read_until else c.delivered_until end
    from messaging.conversations as c
    where c.workspace_id = person.workspace_id and c.id = person.id and c.page_id = person.page_id) as at) as before
  cross join lateral (select d.id from messaging.deliveries as d
    where d.contact_id = person.id and d.campaign_id is not null and d.state = 'sent'
      and d.settled_at > least(coalesce(before.at, 'epoch'), w.at) - interval '1 h'
      and date_trunc('milliseconds', d.attempt_at) <= w.at
    order by d.settled_at desc limit 10) as reached
  left join messaging.receipts as known on known.delivery_id = reached.id
  where known.delivery_id is null or w.at < known.delivered_at
    or w.is_read and w.at < coalesce(known.read_at, 'infinity')
  group by reached.id order by reached.id
  on conflict (delivery_id) do update set
    delivered_at = least(r.delivered_at, excluded.delivered_at), read_at = least(r.read_at, excluded.read_at)
  where excluded.delivered_at < r.delivered_at or excluded.read_at < coalesce(r.read_at, 'infinity')
)`;
