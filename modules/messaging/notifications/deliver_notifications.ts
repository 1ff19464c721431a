import type { Fragment, Sql, TransactionSql } from "postgres";
import { jobRows } from "#db";
import { currentTraceId } from "#std";
import type { NotificationKind } from "./schema.ts";
import { topicOf } from "./topics.ts";

export const mailJob = "notifications.mail";

/**
 * Parts of a statement that tell people something as each of them chose: in the bell, by mail, both, or not at all.
 * `rows` selects workspace_id, user_id, campaign_id, conversation_id, page_id, others, actor_user_id, detail, starts_at and
 * read_at. `told` has the user_id of those who are told. Mail is only marked here: a job for each person sends it.
 */
export function deliverNotifications(
  tx: Sql | TransactionSql,
  kind: NotificationKind,
  rows: Fragment,
): Fragment {
  return tx`occasion as (${rows}),
    told as (
      insert into messaging.notifications (workspace_id, user_id, kind, campaign_id, conversation_id, page_id, others,
        actor_user_id, detail, starts_at, read_at, in_bell, mail_waits)
      select o.workspace_id, o.user_id, ${kind}, o.campaign_id, o.conversation_id, o.page_id, o.others,
        o.actor_user_id, o.detail, o.starts_at, o.read_at, coalesce(c.in_bell, true),
        coalesce(c.by_mail, false) and o.read_at is null
      from occasion o
      left join messaging.notification_choices c on c.user_id = o.user_id and c.topic = ${topicOf(kind)}
      where coalesce(c.in_bell, true) or (c.by_mail and o.read_at is null)
      returning user_id, mail_waits),
    mailed as (
      ${tx.unsafe(jobRows.insert)}
      select ${mailJob}, user_id::text, '{}'::jsonb, ${currentTraceId() ?? null}, now()
      -- In one order, so that two transactions do not wait for each other.
      from told where mail_waits group by user_id order by user_id
      ${tx.unsafe(jobRows.again)})`;
}
