import { memberSees, relations } from "#auth";
import type { Handle } from "#db";
import { displayName } from "../contacts/mod.ts";
import type { NotificationKind } from "./schema.ts";

/** The time of the oldest notification that waits for mail to this person, and now, on the database's clock. */
export async function readWaiting(
  db: Handle,
  userId: string,
): Promise<{ since: number; now: number } | null> {
  const [row] = await db<{ since: number | null; now: number }[]>`
    select (extract(epoch from min(created_at)) * 1000)::float8 as since, (extract(epoch from now()) * 1000)::float8 as now
    from messaging.notifications where user_id = ${userId} and mail_waits`;
  return row === undefined || row.since === null ? null : { since: row.since, now: row.now };
}

export interface MailedNotification {
  kind: NotificationKind;
  workspaceId: string;
  workspaceName: string;
  conversationId: string | null;
  others: number;
  /** Of the campaign, page or contact. */
  name: string;
  by: string | null;
}

interface TakenRow extends Omit<MailedNotification, "name"> {
  total: number;
  campaign: string | null;
  page: string | null;
  contact: string | null;
  psid: string | null;
}

/**
 * Takes what waits for mail to a person, in the transaction that queues the mail. A row is taken once, whatever becomes
 * of a process. Drops rows that were read, and rows of workspaces and conversations that the person no longer sees.
 */
export async function takeWaiting(
  tx: Handle,
  userId: string,
  most: number,
): Promise<{ items: MailedNotification[]; total: number }> {
  const rows = await tx<TakenRow[]>`
    with taken as (
      update messaging.notifications set mail_waits = false where user_id = ${userId} and mail_waits
      returning id, workspace_id, user_id, kind, campaign_id, conversation_id, page_id, others, actor_user_id, read_at)
    select t.kind, t.workspace_id as "workspaceId", w.name as "workspaceName", t.conversation_id as "conversationId",
      t.others, c.name as campaign, p.name as page, x.name as contact, x.psid, a.name as by,
      (count(*) over ())::int4 as total
    from taken t
    join ${tx.unsafe(relations.activeMembers)} m on m.workspace_id = t.workspace_id and m.user_id = t.user_id
    join ${tx.unsafe(relations.workspaces)} w on w.id = t.workspace_id
    left join messaging.campaigns c on c.id = t.campaign_id
    left join messaging.pages p on p.id = t.page_id and t.conversation_id is null
    left join messaging.contacts x on x.workspace_id = t.workspace_id and x.id = t.conversation_id
    left join ${tx.unsafe(relations.users)} a on a.id = t.actor_user_id
    left join messaging.conversations v on v.workspace_id = t.workspace_id and v.id = t.conversation_id
    where t.read_at is null
      and ${memberSees(tx, { pageId: "coalesce(v.page_id, t.page_id)", assigneeId: "v.assignee_id" })}
    order by w.name, w.id, t.id desc limit ${most}`;
  return {
    items: rows.map((row) => {
      const { campaign, page, contact, psid } = row;
      const { kind, workspaceId, workspaceName, conversationId, others, by } = row;
      const name = campaign ?? page ?? (psid === null ? "" : displayName({ name: contact, psid }));
      return { kind, workspaceId, workspaceName, conversationId, others, by, name };
    }),
    total: rows[0]?.total ?? 0,
  };
}
