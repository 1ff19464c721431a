import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import type { Fragment, Sql, TransactionSql } from "postgres";
import { type Handle, orm } from "#db";
import { conversations, events } from "#db/messaging";

/*
 * Status, assignee and unread count of conversations change in this file, and which app holds them in control.ts:
 * ops/transitions.test.ts.
 *
 *     new                          → open, or resolved of an old history     inbound/record_messages.ts
 *     resolved, snoozed            → open, one more unread                   the same: somebody wrote
 *     any                          → any, spam with nothing unread           changeState: as a user asks
 *     snoozed                      → open                                    wakeSnoozed: its time has come
 *     assigned to some or nobody   → assigned to others or nobody            assign, changeState
 *     unread                       → read                                    markAnswered, readByAnswers, setUnread
 *     read, not spam               → unread                                  setUnread
 *
 * The inbound statement is measured, and stays whole: it writes contacts, messages and conversations at once, and what
 * becomes of a conversation reads lists of the same statement.
 */

type Status = (typeof conversations.$inferSelect)["status"];

/** The requested change; undefined properties stay. */
export interface StateChange {
  status?: Status | undefined;
  /** With the status snoozed, and only then. */
  snoozedUntil?: string | null | undefined;
  assigneeId?: string | null | undefined;
}

export interface ChangedState extends Record<string, unknown> {
  id: string;
  pageId: string;
  oldStatus: Status;
  status: Status;
  oldAssigneeId: string | null;
  assigneeId: string | null;
  oldSnoozedUntil: string | null;
  snoozedUntil: string | null;
  /** Until it is to be woken; null: it is not snoozed. */
  wakeSeconds: number | null;
}

/** Changes these conversations of a workspace; at least one property is required. Returns the existing ones. */
export async function changeState(
  tx: TransactionSql,
  { workspaceId, ids }: { workspaceId: string; ids: readonly string[] },
  { status, snoozedUntil, assigneeId }: StateChange,
): Promise<ChangedState[]> {
  const set = [];
  if (status === "snoozed" && snoozedUntil)
    set.push(sql`status = 'snoozed', snoozed_until = ${new Date(snoozedUntil).toISOString()}::timestamptz`);
  else if (status === "spam") set.push(sql`status = 'spam', snoozed_until = null, unread_count = 0`);
  else if (status !== undefined) set.push(sql`status = ${status}, snoozed_until = null`);
  if (assigneeId !== undefined) set.push(sql`assignee_id = ${assigneeId}::uuid`);
  // Locked in one order, so that two changes of the same ones never deadlock.
  return await orm(tx).execute<ChangedState>(sql`
    with held as materialized (
      select id from messaging.conversations
      where workspace_id = ${workspaceId} and id = any(${sql.param([...ids])}::uuid[]) order by id for update)
    update ${conversations} set ${sql.join(set, sql`, `)} from held
    where ${conversations.workspaceId} = ${workspaceId} and ${conversations.id} = held.id
    returning new.id, new.page_id as "pageId", old.status as "oldStatus", new.status,
      old.assignee_id as "oldAssigneeId", new.assignee_id as "assigneeId", old.snoozed_until as "oldSnoozedUntil",
      new.snoozed_until as "snoozedUntil", extract(epoch from new.snoozed_until - now())::float8 as "wakeSeconds"`);
}

/** Opens a snoozed conversation at its time, with its event in the timeline. False: not yet. */
export async function wakeSnoozed(
  handle: Handle,
  { workspaceId, conversationId }: { workspaceId: string; conversationId: string },
): Promise<boolean> {
  const woken = await orm(handle).execute(sql`
    with woken as (
      update ${conversations} set status = 'open', snoozed_until = null
      where workspace_id = ${workspaceId} and id = ${conversationId} and status = 'snoozed' and snoozed_until <= now()
      returning workspace_id, page_id, id
    )
    insert into ${events} (workspace_id, page_id, conversation_id, key, kind, data, at)
    select workspace_id, page_id, id, ${`status:${randomUUID()}`}, 'status',
      jsonb_build_object('from', 'snoozed', 'to', 'open', 'until', null), now()
    from woken returning id`);
  return woken.length > 0;
}

export interface Assignment {
  /** The author; null: the assignment rules. */
  by: string | null;
  /** Only conversations that this user, or nobody, still has. */
  from?: string | null;
  /** Resolved ones get no line. */
  isQuiet?: boolean;
}

/**
 * Parts of a statement, `changed` and `line`: assigns conversations, and writes the lines of their threads. `rows` gives
 * the columns workspace_id, id and user_id, null for nobody. `changed` has the columns workspace_id, page_id, id, status,
 * from_id and to_id of those that had another assignee.
 */
export function assign(
  tx: Sql | TransactionSql,
  rows: Fragment,
  { by, from, isQuiet = false }: Assignment,
): Fragment {
  return tx`given as materialized (${rows}),
    changed as (
      update messaging.conversations v set assignee_id = g.user_id from given g
      where v.workspace_id = g.workspace_id and v.id = g.id and v.assignee_id is distinct from g.user_id
        ${from === undefined ? tx`` : tx`and v.assignee_id is not distinct from ${from}::uuid`}
      returning v.workspace_id, v.page_id, v.id, v.status, old.assignee_id as from_id, new.assignee_id as to_id),
    line as (
      insert into messaging.events (workspace_id, page_id, conversation_id, key, kind, actor_user_id, data, at)
      select workspace_id, page_id, id, 'assignment:' || gen_random_uuid(), 'assignment', ${by}::uuid,
        jsonb_build_object('from', from_id, 'to', to_id), now()
      from changed ${isQuiet ? tx`where status <> 'resolved'` : tx``})`;
}

/** All read, or one unread; spam stays read. False: it is so already, or there is no such conversation. */
export async function setUnread(
  handle: Handle,
  { workspaceId, id, isUnread }: { workspaceId: string; id: string; isUnread: boolean },
): Promise<boolean> {
  const when = isUnread ? sql`unread_count = 0 and status <> 'spam'` : sql`unread_count > 0`;
  const changed = await orm(handle).execute(sql`
    update ${conversations} set unread_count = ${isUnread ? sql`1` : sql`0`}
    where workspace_id = ${workspaceId} and id = ${id} and ${when} returning id`);
  return changed.length > 0;
}

/** Shows a user's reply in the list and marks earlier messages as read, also for replies outside our dashboard. */
export async function markAnswered(
  tx: TransactionSql,
  {
    workspaceId,
    conversationId,
    preview,
  }: { workspaceId: string; conversationId: string; preview: string | null },
): Promise<void> {
  await tx`update messaging.conversations
    set unread_count = 0, preview_text = ${preview}, preview_direction = 'out', last_message_at = greatest(last_message_at, clock_timestamp())
    where workspace_id = ${workspaceId} and id = ${conversationId}`;
}

/**
 * The text of a statement: a reply in Facebook's inbox marks messages as read up to `readingTime` before it.
 * `answered` is a query for the columns workspace_id, conversation_id and at.
 */
export const readByAnswers = ({ answered, readingTime }: { answered: string; readingTime: string }) => `
update messaging.conversations as c set unread_count = least(c.unread_count, (
  select count(*) from messaging.messages as said
  where said.conversation_id = c.id and said.direction = 'in' and not said.is_partial
    and said.sent_at > answered.at - ${readingTime})::int4)
from (${answered}) as answered
where c.workspace_id = answered.workspace_id and c.id = answered.conversation_id and c.unread_count > 0`;
