import type { Sql, TransactionSql } from "postgres";
import { randomUUID } from "node:crypto";
import { and, eq, sql } from "drizzle-orm";
import { activityRows, changesOf, memberSees, relations, type Viewer } from "#auth";
import { enqueueJobs, type Handle, type NewJob, orm } from "#db";
import { conversations, events } from "#db/messaging";
import { type ChangedState, changeState, setUnread } from "../conversations/mod.ts";
import { deliverNotifications } from "../notifications/mod.ts";
import { type Clock, notFound } from "#std";
import { seenConversations } from "../sight/mod.ts";
import { seenJob, spamJob, wakeJob } from "./job_kinds.ts";
import type { ConversationChange } from "./schema.ts";
import { problem } from "./problems.ts";

export interface ChangeDeps {
  sql: Sql;
  clock: Clock;
}

export interface ChangeRequest {
  /** Of one workspace; unknown ones are left out. */
  ids: readonly string[];
  change: ConversationChange;
  /** The author of the change. */
  by: string;
  /** Changes only what this member sees; undefined: everything. */
  viewer?: Viewer;
}

/** Slightly longer than the dashboard's undo: Meta has no call to move a conversation out of spam. */
const undoSeconds = 8;

const longestSnoozeMs = 366 * 24 * 60 * 60 * 1000;

/**
 * Sets only the given ones of status, assignee and snooze, so that two people can change different ones at once. Each
 * real change adds one event to the timeline. Notifies a new assignee unless they are the author. Returns the
 * existing ones and the notified person. Throws 422 `snooze-time` and 422 `assignee-not-member`.
 */
export async function changeConversations(
  on: ChangeDeps,
  workspaceId: string,
  { ids: asked, change, by, viewer }: ChangeRequest,
): Promise<{ ids: string[]; notified: string[] }> {
  checkChange(change, on.clock());
  return await on.sql.begin(async (tx) => {
    const ids = viewer ? await seenConversations(tx, { ...viewer, workspaceId }, asked) : asked;
    if (change.assigneeId) await requireMember(tx, workspaceId, { userId: change.assigneeId, ids });
    const changed = await changeState(tx, { workspaceId, ids }, change);
    await recordChanges(tx, workspaceId, { by, changed });
    await recordActivities(tx, workspaceId, changed);
    const notified = await notifyAssignee(tx, workspaceId, { by, changed });
    return { ids: changed.map(({ id }) => id), notified };
  });
}

/**
 * Waits for a concurrent deactivation or change of access, after which conversations become unassigned. The member
 * must see the page of each conversation.
 */
async function requireMember(
  tx: TransactionSql,
  workspaceId: string,
  { userId, ids }: { userId: string; ids: readonly string[] },
): Promise<void> {
  const [member] = await orm(tx).execute(sql`
    select from ${sql.raw(relations.activeMembers)} m
    where m.workspace_id = ${workspaceId} and m.user_id = ${userId} for share`);
  if (!member) throw problem("assignee-not-member");
  const [hidden] = await tx`
    select from ${tx.unsafe(relations.activeMembers)} m
    join messaging.conversations v on v.workspace_id = m.workspace_id and v.id = any(${[...ids]}::uuid[])
    where m.workspace_id = ${workspaceId} and m.user_id = ${userId}
      and not ${memberSees(tx, { pageId: "v.page_id", assigneeId: "m.user_id" })} limit 1`;
  if (hidden) throw problem("assignee-sees-not");
}

function checkChange({ status, assigneeId, snoozedUntil }: ConversationChange, now: number): void {
  const isSnooze = status === "snoozed";
  if (isSnooze !== (snoozedUntil !== undefined && snoozedUntil !== null)) {
    throw problem("snooze-time");
  }
  if (isSnooze && snoozedUntil) {
    const ahead = Date.parse(snoozedUntil) - now;
    if (!(ahead > 0 && ahead <= longestSnoozeMs)) {
      throw problem("snooze-out-of-range");
    }
  }
  if (status === undefined && assigneeId === undefined) throw problem("nothing-to-change");
}

async function recordChanges(
  tx: TransactionSql,
  workspaceId: string,
  { by, changed }: { by: string; changed: readonly ChangedState[] },
): Promise<void> {
  const lines = changed.flatMap((one) => linesOf(workspaceId, one, by));
  if (lines.length > 0) await orm(tx).insert(events).values(lines);
  const wakes = changed.flatMap(({ id, wakeSeconds }): NewJob[] =>
    wakeSeconds === null
      ? []
      : [{ kind: wakeJob, key: id, payload: { workspaceId, conversationId: id }, afterSeconds: wakeSeconds }],
  );
  const spam = changed.flatMap(({ id, oldStatus, status }): NewJob[] =>
    status !== "spam" || oldStatus === "spam"
      ? []
      : [{ kind: spamJob, key: id, payload: { workspaceId, conversationId: id }, afterSeconds: undoSeconds }],
  );
  const jobs = [...wakes, ...spam];
  if (jobs.length > 0) await enqueueJobs(tx, jobs);
}

/** One statement for all; those that stay as they were have no row. */
async function recordActivities(
  tx: TransactionSql,
  workspaceId: string,
  changed: readonly ChangedState[],
): Promise<void> {
  const rows = changed.flatMap((one) => {
    const was = { status: one.oldStatus, assigneeId: one.oldAssigneeId, snoozedUntil: one.oldSnoozedUntil };
    const is = { status: one.status, assigneeId: one.assigneeId, snoozedUntil: one.snoozedUntil };
    const changes = changesOf(was, is);
    return Object.keys(changes.after).length === 0 ? [] : [{ id: one.id, ...changes }];
  });
  if (rows.length === 0) return;
  const from = tx`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(id uuid, before jsonb, after jsonb)`;
  await tx`${activityRows(
    tx,
    { action: "conversation.changed", workspaceId },
    { from, id: tx`r.id`, before: tx`r.before`, after: tx`r.after` },
  )}`;
}

/** Notifies the new assignee once for all conversations: a change has one assignee. */
async function notifyAssignee(
  tx: TransactionSql,
  workspaceId: string,
  { by, changed }: { by: string; changed: readonly ChangedState[] },
): Promise<string[]> {
  const given = changed.filter((one) => one.assigneeId !== one.oldAssigneeId && one.assigneeId !== by);
  const [first] = given;
  if (!first || first.assigneeId === null) return [];
  const { id: conversationId, pageId, assigneeId: userId } = first;
  const told = await tx`with ${deliverNotifications(
    tx,
    "assigned",
    tx`select ${workspaceId}::uuid as workspace_id, ${userId}::uuid as user_id, null::uuid as campaign_id,
      ${conversationId}::uuid as conversation_id, ${pageId}::uuid as page_id, ${given.length - 1}::int4 as others,
      ${by}::uuid as actor_user_id, null::text as detail, null::timestamptz as starts_at, null::timestamptz as read_at`,
  )} select from told`;
  return told.length > 0 ? [userId] : [];
}

function linesOf(workspaceId: string, changed: ChangedState, by: string) {
  const line = (kind: string, data: Record<string, unknown>) => ({
    workspaceId,
    pageId: changed.pageId,
    conversationId: changed.id,
    key: `${kind}:${randomUUID()}`,
    kind,
    actorUserId: by,
    data,
    at: sql`now()`,
  });
  const lines = [];
  if (changed.status !== changed.oldStatus || changed.snoozedUntil !== changed.oldSnoozedUntil) {
    const until = changed.snoozedUntil === null ? null : new Date(changed.snoozedUntil).toISOString();
    lines.push(line("status", { from: changed.oldStatus, to: changed.status, until }));
  }
  if (changed.assigneeId !== changed.oldAssigneeId)
    lines.push(line("assignment", { from: changed.oldAssigneeId, to: changed.assigneeId }));
  return lines;
}

/** All read: the unread count is 0, and the person is shown it by a job. 404 when there is no such conversation. */
export async function markRead(db: Sql, workspaceId: string, id: string): Promise<void> {
  await db.begin(async (tx) => {
    const isChanged = await markAs(tx, workspaceId, { id, isUnread: false });
    if (isChanged)
      await enqueueJobs(tx, [{ kind: seenJob, key: id, payload: { workspaceId, conversationId: id } }]);
  });
}

/** Unread again, at least one; spam stays read. 404 when there is no such conversation. */
export async function markUnread(db: Handle, workspaceId: string, id: string): Promise<void> {
  await markAs(db, workspaceId, { id, isUnread: true });
}

async function markAs(
  db: Handle,
  workspaceId: string,
  { id, isUnread }: { id: string; isUnread: boolean },
): Promise<boolean> {
  if (await setUnread(db, { workspaceId, id, isUnread })) return true;
  const isThis = and(eq(conversations.workspaceId, workspaceId), eq(conversations.id, id));
  const [row] = await orm(db).select({ id: conversations.id }).from(conversations).where(isThis);
  if (!row) throw notFound("conversation");
  return false;
}
