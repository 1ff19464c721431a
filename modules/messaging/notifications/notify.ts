import type { TransactionSql } from "postgres";
import { relations, type Role } from "#auth";
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

/** Tells members of a workspace something, in the transaction in which it happens. Gives who was told. */
export async function notify(tx: TransactionSql, notice: Notice): Promise<string[]> {
  const { workspaceId, campaignId = null, conversationId = null, pageId = null, kind } = notice;
  const { detail = null, startsAt = null, exceptUserId = null, isRead = false } = notice;
  const userIds = (notice.userIds ?? []).filter((id) => id !== null);
  const rows = await tx<{ user_id: string }[]>`
    insert into messaging.notifications (workspace_id, user_id, kind, campaign_id, conversation_id, page_id, actor_user_id,
      detail, starts_at, read_at)
    select m.workspace_id, m.user_id, ${kind}, ${campaignId}::uuid, ${conversationId}::uuid,
      coalesce(${pageId}::uuid, (select c.page_id from messaging.conversations c
       where c.workspace_id = ${workspaceId} and c.id = ${conversationId}::uuid)),
      ${exceptUserId}::uuid, ${detail}, ${startsAt?.toISOString() ?? null}::timestamptz,
      case when ${isRead} then now() end
    from ${tx.unsafe(relations.activeMembers)} m
    where m.workspace_id = ${workspaceId} and m.user_id is distinct from ${exceptUserId}::uuid
      and (m.role = any(${[...(notice.roles ?? [])]}::text[]) or m.user_id = any(${userIds}::uuid[]))
    returning user_id`;
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
