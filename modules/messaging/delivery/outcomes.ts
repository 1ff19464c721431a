import type { Fragment, Sql, TransactionSql } from "postgres";

/** A contact's reply within this many days is credited to the campaign or sequence message before it. */
export const replyDays = 3;

export interface Outcomes {
  /** Joins the conversation `v` and the person `c` to a delivery `d`. */
  joins: Fragment;
  /** When it left: watermarks from then on reach it. */
  left: Fragment;
  delivered: Fragment;
  read: Fragment;
  replied: Fragment;
  clicked: Fragment;
}

/**
 * The outcome of a sent delivery `d`, derived from the conversation's watermarks, the contact's messages and clicks.
 * The timeline uses the same rule: message_view.ts.
 */
export function outcomesSql(sql: Sql | TransactionSql): Outcomes {
  // Meta's watermarks have milliseconds.
  const left = sql`date_trunc('milliseconds', coalesce(d.attempt_at, d.settled_at))`;
  return {
    left,
    joins: sql`
      left join messaging.conversations v on v.workspace_id = d.workspace_id and v.id = d.contact_id and v.page_id = d.page_id
      left join messaging.contacts c on c.workspace_id = d.workspace_id and c.id = d.contact_id and c.page_id = d.page_id`,
    delivered: sql`(d.state = 'sent' and coalesce(greatest(v.delivered_until, v.read_until) >= ${left}, false))`,
    read: sql`(d.state = 'sent' and coalesce(v.read_until >= ${left}, false))`,
    replied: sql`(d.state = 'sent' and coalesce(c.last_inbound_at > d.settled_at and ${hasAnswer(sql)}, false))`,
    clicked: sql`(d.state = 'sent' and exists (select from messaging.clicks k where k.delivery_id = d.id))`,
  };
}

/** A contact with a later message may also have written in time. */
function hasAnswer(sql: Sql | TransactionSql): Fragment {
  return sql`(select c.last_inbound_at <= credit.until or exists (
      select from messaging.messages m where m.conversation_id = d.contact_id and m.direction = 'in'
        and m.sent_at > d.settled_at and m.sent_at <= credit.until)
    from (select ${creditedUntil(sql, replyDays)} as until) as credit)`;
}

/**
 * Last touch: the time until which a reply is credited to the delivery `d`: this many days, or until the next message
 * of a campaign or sequence to the contact. One reply is credited to one message.
 */
export function creditedUntil(sql: Sql | TransactionSql, days: number): Fragment {
  return sql`least(d.settled_at + make_interval(days => ${days}), (
    select min(n.settled_at) from messaging.deliveries n
    where n.contact_id = d.contact_id and n.campaign_id is not null and n.state = 'sent'
      and n.settled_at >= d.settled_at and (n.settled_at, n.id) > (d.settled_at, d.id)))`;
}
