import type { TransactionSql } from "postgres";
import { memberSees, relations, type Role } from "#auth";
import { deliverNotifications } from "./deliver_notifications.ts";
import { type MessagingDeps, workspaceChannel } from "../deps.ts";
import type { NotificationKind } from "./schema.ts";

export interface Notice {
  workspaceId: string;
  /** The subject: one of the three. */
  campaignId?: string;
  conversationId?: string;
  pageId?: string;
  kind: NotificationKind;
  /** Why, in words. */
  detail?: string | null;
  startsAt?: Date | null;
  /** Members with one of these roles are notified, and so are these people. */
  roles?: readonly Role[];
  userIds?: readonly (string | null)[];
  /** The author, who is not notified. */
  exceptUserId?: string;
  /** Stands in the list, and asks nobody to look. */
  isRead?: boolean;
}

/** Tells members of a workspace who see its subject something, in the transaction in which it happens. Gives who was told. */
export async function notify(tx: TransactionSql, notice: Notice): Promise<string[]> {
  const { workspaceId, campaignId = null, conversationId = null, pageId = null, kind } = notice;
  const { detail = null, startsAt = null, exceptUserId = null, isRead = false } = notice;
  const userIds = (notice.userIds ?? []).filter((id) => id !== null);
  const rows = await tx<{ user_id: string }[]>`
    with ${deliverNotifications(
      tx,
      kind,
      tx`
    select m.workspace_id, m.user_id, ${campaignId}::uuid as campaign_id, ${conversationId}::uuid as conversation_id,
      coalesce(${pageId}::uuid, (select c.page_id from messaging.conversations c
       where c.workspace_id = ${workspaceId} and c.id = ${conversationId}::uuid)) as page_id, 0 as others,
      ${exceptUserId}::uuid as actor_user_id, ${detail}::text as detail,
      ${startsAt?.toISOString() ?? null}::timestamptz as starts_at, case when ${isRead} then now() end as read_at
    from ${tx.unsafe(relations.activeMembers)} m
    cross join (select ${pageId}::uuid as page_id) subject
    left join messaging.conversations v on v.workspace_id = m.workspace_id and v.id = ${conversationId}::uuid
    where m.workspace_id = ${workspaceId} and m.user_id is distinct from ${exceptUserId}::uuid
      and (m.role = any(${[...(notice.roles ?? [])]}::text[]) or m.user_id = any(${userIds}::uuid[]))
      and ${memberSees(tx, { pageId: "coalesce(v.page_id, subject.page_id)", assigneeId: "v.assignee_id" })}`,
    )}
    select user_id from told`;
  return rows.map((row) => row.user_id);
}

/** Tells the screens of these people, after the commit. */
export async function publishNotified(
  { live }: Pick<MessagingDeps, "live">,
  workspaceId: string,
  userIds: readonly string[],
): Promise<void> {
  if (userIds.length === 0) return;
  const events = userIds.map((userId) => ({ name: "notification" as const, data: { userId } }));
  await live.publish(workspaceChannel(workspaceId), events);
}
