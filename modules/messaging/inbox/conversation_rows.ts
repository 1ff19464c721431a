import type { Fragment, Sql } from "postgres";
import { relations, type Viewer } from "#auth";
import { limitOf, newerThan, olderThan, type TimeKey } from "#db";
import type { ContactFactTexts, PageFacts } from "../policy/mod.ts";
import { seesConversation } from "../sight/mod.ts";
import type { ControlFacts } from "./control_view.ts";
import { type Conversation, type ConversationStatus, wantedStatuses } from "./schema.ts";

export interface ConversationFilter {
  status: ConversationStatus | "all";
  /** The assignee's id; null: unassigned, undefined: any. */
  assigneeId?: string | null | undefined;
  pageId?: string | undefined;
  isUnread?: boolean | undefined;
  /** Only those whose contact has this tag. */
  tagId?: string | undefined;
  /** Only what this member sees; undefined: everything. */
  viewer?: Viewer | undefined;
}

export interface Slice {
  after: TimeKey | null;
  limit: number;
  /** The oldest message first; the newest otherwise. */
  isOldestFirst?: boolean;
}

/** A conversation with its contact and page, times as Postgres writes them. */
export interface ConversationRow extends ContactFactTexts, ControlFacts {
  id: string;
  status: ConversationStatus;
  snoozedUntil: string | null;
  assigneeId: string | null;
  assigneeName: string | null;
  tagIds: string[];
  unreadCount: number;
  previewText: string | null;
  previewDirection: Conversation["preview"]["direction"];
  isPreviewFailed: boolean;
  createdAt: string;
  lastMessageAt: string;
  psid: string;
  name: string | null;
  pictureKey: string | null;
  pageId: string;
  pageName: string;
  pagePictureUrl: string | null;
  pageStatus: PageFacts["status"];
  pageHumanAgent: PageFacts["humanAgent"];
  isWorkspaceDisabled: boolean;
}

/** One conversation; undefined when this workspace has none with this id. */
export async function readConversationRow(
  sql: Sql,
  workspaceId: string,
  id: string,
): Promise<ConversationRow | undefined> {
  const [row] = await readRows(
    sql,
    sql`select id, last_message_at from messaging.conversations where workspace_id = ${workspaceId} and id = ${id}`,
    workspaceId,
  );
  return row;
}

/** These conversations of this workspace, newest message first, without missing ones. */
export async function readRowsOf(
  sql: Sql,
  workspaceId: string,
  ids: readonly string[],
): Promise<ConversationRow[]> {
  return await readRows(
    sql,
    sql`select id, last_message_at from messaging.conversations
      where workspace_id = ${workspaceId} and id = any(${[...ids]}::uuid[])`,
    workspaceId,
  );
}

/** A page of the conversations that pass the filter, in the order of the slice. */
export async function readFilteredRows(
  sql: Sql,
  workspaceId: string,
  filter: ConversationFilter,
  slice: Slice,
): Promise<ConversationRow[]> {
  return await readRows(sql, keysOf(sql, workspaceId, filter, slice), workspaceId, slice);
}

/** The conversations that `keys` selects as (id, last_message_at), newest first unless the oldest are wanted. */
export async function readRows(
  sql: Sql,
  keys: Fragment,
  workspaceId: string,
  { isOldestFirst = false }: Pick<Slice, "isOldestFirst"> = {},
): Promise<ConversationRow[]> {
  const order = isOldestFirst ? sql`key.last_message_at, key.id` : sql`key.last_message_at desc, key.id desc`;
  return await sql<ConversationRow[]>`${rowsOf(sql, keys, workspaceId)} order by ${order}`;
}

/** `with … select … from …` of the conversations that `keys` selects, in no order. */
export function rowsOf(sql: Sql, keys: Fragment, workspaceId: string): Fragment {
  // Tags of all rows at once: one query per row took a fifth of the statement.
  return sql`
    with key as materialized (${keys}), tagged as materialized (
      select t.contact_id, array_agg(t.tag_id order by t.tagged_at, t.tag_id) as tag_ids
      from messaging.contact_tags t where t.contact_id = any (array(select id from key)) group by t.contact_id)
    select c.id, c.status, c.snoozed_until as "snoozedUntil", c.assignee_id as "assigneeId",
      (select u.name from ${sql.unsafe(relations.users)} u where u.id = c.assignee_id) as "assigneeName",
      coalesce((select tag_ids from tagged where contact_id = c.id), '{}') as "tagIds",
      c.unread_count as "unreadCount", c.preview_text as "previewText", c.preview_direction as "previewDirection",
      c.preview_direction = 'out' and coalesce((select d.state in ('failed', 'skipped', 'cancelled')
        from (select m.id from messaging.messages m where m.conversation_id = c.id and not m.is_partial
          order by m.sent_at desc, m.id desc limit 1) as newest
        join messaging.deliveries d on d.message_id = newest.id), false) as "isPreviewFailed",
      c.control, c.controlled_by_app as "controlledByApp", c.controlled_at as "controlledAt",
      c.held_at as "heldAt", c.created_at as "createdAt",
      c.last_message_at as "lastMessageAt",
      p.psid, p.name, p.picture_key as "pictureKey", p.subscribed, p.blocked_at as "blockedAt",
      p.unreachable_at as "unreachableAt", p.last_inbound_at as "lastInboundAt",
      p.ad_window_until as "adWindowUntil", p.window_closed_at as "windowClosedAt",
      g.id as "pageId", g.name as "pageName", g.picture_url as "pagePictureUrl", g.status as "pageStatus",
      g.human_agent as "pageHumanAgent", g.has_routing as "pageHasRouting",
      ${workspaceId}::uuid in ${sql.unsafe(relations.workspacesOff)} as "isWorkspaceDisabled"
    from key
    join messaging.conversations c on c.workspace_id = ${workspaceId} and c.id = key.id
    join messaging.contacts p on p.workspace_id = ${workspaceId} and p.id = key.id
    join messaging.pages g on g.id = c.page_id`;
}

/** `select id, last_message_at …` of the conversations that pass the filter, in the slice's order, up to its limit. */
export function keysOf(
  sql: Sql,
  workspaceId: string,
  filter: ConversationFilter,
  { after, limit, isOldestFirst = false }: Slice,
): Fragment {
  const { status, assigneeId } = filter;
  const past = isOldestFirst ? newerThan : olderThan;
  const order = isOldestFirst ? sql`` : sql`desc`;
  const { statuses, pageIds } = stretchesOf(filter);
  const keysIn = (also: Fragment) => sql`
    select c.id, c.last_message_at from messaging.conversations c
    where c.workspace_id = ${workspaceId} ${also} ${conditionsOf(sql, filter)}
      ${past(sql, after, "c.last_message_at", "c.id")}
    order by ${
      // "is null" is no equality to the planner: only when named first does the index give this order.
      assigneeId === null ? sql`c.assignee_id ${order},` : sql``
    } c.last_message_at ${order}, c.id ${order} limit ${limitOf(sql, limit)}`;
  if (status !== "all" && pageIds === null) return keysIn(sql`and c.status = ${status}`);
  // Each status, and each page of a member who sees some, reads its own stretch of an index in order: short lists,
  // cheap to merge.
  const also =
    pageIds === null
      ? sql`and c.status = every.status`
      : sql`and c.status = every.status and c.page_id = own.page_id`;
  const own = pageIds === null ? sql`` : sql`cross join unnest(${[...pageIds]}::uuid[]) as own (page_id)`;
  return sql`
    select part.id, part.last_message_at
    from (values ${sql.unsafe(statuses.map((one) => `('${one}')`).join(", "))}) as every (status) ${own}
    cross join lateral (${keysIn(also)}) as part
    order by part.last_message_at ${order}, part.id ${order} limit ${limitOf(sql, limit)}`;
}

/** The stretches of an index that a filter reads; `pageIds` null: one for all pages. */
function stretchesOf({ status, pageId, assigneeId, viewer }: ConversationFilter) {
  const { access } = viewer ?? {};
  // The page or the person of the filter leaves less already.
  const isOpen = pageId === undefined && typeof assigneeId !== "string";
  return {
    statuses: status === "all" ? wantedStatuses : [status],
    pageIds: access?.kind === "pages" && isOpen ? access.pageIds : null,
  };
}

/** A filter's conditions on a conversation `c` besides its status. */
export function conditionsOf(
  sql: Sql,
  { assigneeId, pageId, isUnread, tagId, viewer }: ConversationFilter,
): Fragment {
  const whose =
    assigneeId === undefined
      ? sql``
      : assigneeId === null
        ? sql`and c.assignee_id is null`
        : sql`and c.assignee_id = ${assigneeId}`;
  const ofPage = pageId === undefined ? sql`` : sql`and c.page_id = ${pageId}`;
  const tagged =
    tagId === undefined
      ? sql``
      : sql`and exists (select from messaging.contact_tags t where t.contact_id = c.id and t.tag_id = ${tagId})`;
  return sql`${whose} ${ofPage} ${tagged} ${isUnread ? sql`and c.unread_count > 0` : sql``}
    ${seesConversation(sql, viewer)}`;
}
