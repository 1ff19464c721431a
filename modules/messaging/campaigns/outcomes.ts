import type { Fragment, Sql, TransactionSql } from "postgres";

/** An answer within this time counts for the campaign's message before it. */
const replyDays = 3;

export interface Outcomes {
  /** Joins the thread `v` and the person `c` to a delivery `d`. */
  joins: Fragment;
  delivered: Fragment;
  read: Fragment;
  replied: Fragment;
  clicked: Fragment;
}

/** What became of a sent delivery `d`, derived from the thread's watermarks, the person's messages and clicks. */
export function outcomesSql(sql: Sql | TransactionSql): Outcomes {
  const until = sql`d.settled_at + make_interval(days => ${replyDays})`;
  return {
    joins: sql`
      left join messaging.conversations v on v.workspace_id = d.workspace_id and v.id = d.contact_id and v.page_id = d.page_id
      left join messaging.contacts c on c.workspace_id = d.workspace_id and c.id = d.contact_id and c.page_id = d.page_id`,
    delivered: sql`(d.state = 'sent' and coalesce(greatest(v.delivered_until, v.read_until) >= d.attempt_at, false))`,
    read: sql`(d.state = 'sent' and coalesce(v.read_until >= d.attempt_at, false))`,
    // Who wrote again later than that may have written in that time, too.
    replied: sql`(d.state = 'sent' and coalesce(c.last_inbound_at > d.settled_at and (c.last_inbound_at <= ${until} or exists (
      select from messaging.messages m where m.conversation_id = d.contact_id and m.direction = 'in'
        and m.sent_at > d.settled_at and m.sent_at <= ${until})), false))`,
    clicked: sql`(d.state = 'sent' and exists (select from messaging.clicks k where k.delivery_id = d.id))`,
  };
}
