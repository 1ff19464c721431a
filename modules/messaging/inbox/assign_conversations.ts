import type { TransactionSql } from "postgres";
import { relations } from "#auth";
import { type MessagingDeps, workspaceChannel } from "../deps.ts";
import { assign } from "../conversations/mod.ts";
import { deliverNotifications, publishNotified } from "../notifications/mod.ts";
import { workers } from "./assignment_rules.ts";
import type { AssignmentRules } from "./schema_assignment_rules.ts";

interface RulesRow {
  workspace_id: string;
  how: AssignmentRules["how"];
  user_ids: string[];
  most_open: number | null;
  last_user_id: string | null;
  since: string;
}

const mostAtOnce = 100;
/** Counts at most this many open ones of members without a limit: above it all have equal load. */
const mostCounted = 1_000;

/**
 * Assigns unassigned conversations with a message by the workspace's assignment rules, longest waiting first; adds an
 * event to each timeline and notifies each assignee once. One process at a time per workspace. Returns whether there
 * may be more.
 */
export async function assignConversations(on: Pick<MessagingDeps, "sql" | "live">): Promise<boolean> {
  const workspaces = await on.sql<{ workspace_id: string }[]>`
    select r.workspace_id from messaging.assignment_rules r
    where r.how <> 'off' and exists (
      select from messaging.conversations v where v.workspace_id = r.workspace_id and v.assignee_id is null
        and v.status = 'open' and v.last_message_at >= r.since and v.unread_count > 0)
    -- Somebody has room: the last one that they may have is missing. While all are full, no waiting one is read.
    and exists (
      select from ${on.sql.unsafe(relations.activeMembers)} m
      where m.workspace_id = r.workspace_id and m.user_id = any(r.user_ids) and m.role = any(${workers}::text[])
        and (r.most_open is null or not exists (
          select from messaging.conversations v
          where v.workspace_id = r.workspace_id and v.assignee_id = m.user_id and v.status = 'open'
          offset r.most_open - 1)))`;
  let isMore = false;
  for (const { workspace_id: workspaceId } of workspaces) {
    const assigned = await on.sql.begin((tx) => assignIn(tx, workspaceId));
    if (assigned.length === 0) continue;
    isMore ||= assigned.length === mostAtOnce;
    await on.live.publish(
      workspaceChannel(workspaceId),
      assigned.map(({ id }) => ({ name: "conversation", data: { conversationId: id } })),
    );
    await publishNotified(on, workspaceId, [...new Set(assigned.map(({ to }) => to))]);
  }
  return isMore;
}

/** A member whom rules assign to. */
export interface Worker {
  id: string;
  open: number;
  /** The pages they see; null: conversations of all pages may be assigned to them. */
  pageIds: readonly string[] | null;
}

/** The pages that members with room see, so that conversations of others do not stand in the way; null: all. */
function pagesOf({ most_open: most }: RulesRow, members: readonly Worker[]): string[] | null {
  const free = members.filter(({ open }) => most === null || open < most);
  if (free.some(({ pageIds }) => pageIds === null)) return null;
  return [...new Set(free.flatMap(({ pageIds }) => pageIds ?? []))];
}

interface Assigned {
  id: string;
  to: string;
}

async function assignIn(tx: TransactionSql, workspaceId: string): Promise<Assigned[]> {
  const [rules] = await tx<RulesRow[]>`
    select workspace_id, how, user_ids, most_open, last_user_id, since::text from messaging.assignment_rules
    where workspace_id = ${workspaceId} and how <> 'off' for no key update skip locked`;
  if (!rules) return [];
  const members = await tx<Worker[]>`
    select m.user_id as id, case when m.access = 'pages' then array(
        select s.page_id from ${tx.unsafe(relations.memberPages)} s
        where s.workspace_id = m.workspace_id and s.user_id = m.user_id) end as "pageIds", (
      select count(*)::int4 from (
        select from messaging.conversations v
        where v.workspace_id = ${workspaceId} and v.assignee_id = m.user_id and v.status = 'open'
        limit ${rules.most_open ?? mostCounted}) as counted) as open
    from ${tx.unsafe(relations.activeMembers)} m
    where m.workspace_id = ${workspaceId} and m.user_id = any(${rules.user_ids}::uuid[])
      and m.role = any(${workers}::text[])
    order by array_position(${rules.user_ids}::uuid[], m.user_id)`;
  const room = roomOf(rules, members);
  if (room === 0) return [];
  const pageIds = pagesOf(rules, members);
  const waiting = await tx<{ id: string; pageId: string }[]>`
    select id, page_id as "pageId" from messaging.conversations
    where workspace_id = ${workspaceId} and assignee_id is null and status = 'open'
      and last_message_at >= ${rules.since}::timestamptz and unread_count > 0
      ${pageIds === null ? tx`` : tx`and page_id = any(${pageIds}::uuid[])`}
    order by last_message_at, id limit ${room} for no key update skip locked`;
  const assigned = share(rules, { members, waiting });
  if (assigned.length > 0) await store(tx, workspaceId, assigned);
  return assigned;
}

/** The number that can be assigned at once. */
function roomOf({ most_open: most }: RulesRow, members: readonly { open: number }[]): number {
  if (most === null) return members.length === 0 ? 0 : mostAtOnce;
  return Math.min(
    members.reduce((room, { open }) => room + (most - open), 0),
    mostAtOnce,
  );
}

/** The assignee of each, as far as members have room. */
export function share(
  { how, most_open: most, last_user_id: last }: Pick<RulesRow, "how" | "most_open" | "last_user_id">,
  { members, waiting }: { members: readonly Worker[]; waiting: readonly { id: string; pageId: string }[] },
): Assigned[] {
  const open = new Map(members.map((one) => [one.id, one.open]));
  let turn = members.findIndex(({ id }) => id === last);
  const assigned: Assigned[] = [];
  for (const { id, pageId } of waiting) {
    // Begins after the last turn; with equal load the next in turn comes first.
    const inTurn = members.map((_, n) => (turn + 1 + n) % members.length);
    const seen = inTurn.filter((n) => members[n]?.pageIds?.includes(pageId) ?? true);
    const free = seen.filter((n) => most === null || (open.get(members[n]?.id ?? "") ?? 0) < most);
    const loadOf = (n: number) => (how === "in_turn" ? 0 : (open.get(members[n]?.id ?? "") ?? 0));
    const [next] = free.toSorted((a, b) => loadOf(a) - loadOf(b));
    const to = next === undefined ? undefined : members[next]?.id;
    if (next === undefined || to === undefined) continue;
    turn = next;
    open.set(to, (open.get(to) ?? 0) + 1);
    assigned.push({ id, to });
  }
  return assigned;
}

async function store(tx: TransactionSql, workspaceId: string, assigned: readonly Assigned[]): Promise<void> {
  await tx`
    with ${assign(
      tx,
      tx`select ${workspaceId}::uuid as workspace_id, g.id, g."to" as user_id
        from jsonb_to_recordset(${JSON.stringify(assigned)}::jsonb) as g(id uuid, "to" uuid)`,
      { by: null },
    )}, ${deliverNotifications(
      tx,
      "assigned",
      tx`select ${workspaceId}::uuid as workspace_id, to_id as user_id, null::uuid as campaign_id,
        (array_agg(id order by id))[1] as conversation_id, (array_agg(page_id order by id))[1] as page_id,
        (count(*) - 1)::int4 as others, null::uuid as actor_user_id, null::text as detail,
        null::timestamptz as starts_at, null::timestamptz as read_at
      from changed group by to_id`,
    )}
    select from told`;
  await tx`update messaging.assignment_rules set last_user_id = ${assigned.at(-1)?.to ?? null}
    where workspace_id = ${workspaceId}`;
}
