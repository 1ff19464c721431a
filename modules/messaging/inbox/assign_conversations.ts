import type { TransactionSql } from "postgres";
import { relations } from "#auth";
import { type MessagingDeps, workspaceChannel } from "../deps.ts";
import { publishNotified } from "../notifications/mod.ts";
import { workers } from "./giving_rules.ts";
import type { GivingRules } from "./schema_giving.ts";

interface RulesRow {
  workspace_id: string;
  how: GivingRules["how"];
  user_ids: string[];
  most_open: number | null;
  last_user_id: string | null;
  since: string;
}

const mostAtOnce = 100;
/** Of people without a limit no more open ones are counted: beyond it everybody has the same load. */
const mostCounted = 1_000;

/**
 * Gives conversations in which somebody wrote and that nobody has to those who are named for it, the longest waiting
 * first; each leaves its line in the thread, and who got some is told once. One process at a time for each workspace.
 * Gives whether there may be more.
 */
export async function giveOut(on: Pick<MessagingDeps, "sql" | "live">): Promise<boolean> {
  const workspaces = await on.sql<{ workspace_id: string }[]>`
    select r.workspace_id from messaging.giving_rules r
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
    const given = await on.sql.begin((tx) => giveOutOf(tx, workspaceId));
    if (given.length === 0) continue;
    isMore ||= given.length === mostAtOnce;
    await on.live.publish(
      workspaceChannel(workspaceId),
      given.map(({ id }) => ({ name: "conversation", data: { conversationId: id } })),
    );
    await publishNotified(on, workspaceId, [...new Set(given.map(({ to }) => to))]);
  }
  return isMore;
}

interface Given {
  id: string;
  to: string;
}

async function giveOutOf(tx: TransactionSql, workspaceId: string): Promise<Given[]> {
  const [rules] = await tx<RulesRow[]>`
    select workspace_id, how, user_ids, most_open, last_user_id, since::text from messaging.giving_rules
    where workspace_id = ${workspaceId} and how <> 'off' for no key update skip locked`;
  if (!rules) return [];
  const people = await tx<{ id: string; open: number }[]>`
    select m.user_id as id, (
      select count(*)::int4 from (
        select from messaging.conversations v
        where v.workspace_id = ${workspaceId} and v.assignee_id = m.user_id and v.status = 'open'
        limit ${rules.most_open ?? mostCounted}) as counted) as open
    from ${tx.unsafe(relations.activeMembers)} m
    where m.workspace_id = ${workspaceId} and m.user_id = any(${rules.user_ids}::uuid[])
      and m.role = any(${workers}::text[])
    order by array_position(${rules.user_ids}::uuid[], m.user_id)`;
  const room = roomOf(rules, people);
  if (room === 0) return [];
  const waiting = await tx<{ id: string }[]>`
    select id from messaging.conversations
    where workspace_id = ${workspaceId} and assignee_id is null and status = 'open'
      and last_message_at >= ${rules.since}::timestamptz and unread_count > 0
    order by last_message_at, id limit ${room} for no key update skip locked`;
  const given = share(rules, { people, ids: waiting.map(({ id }) => id) });
  if (given.length > 0) await store(tx, workspaceId, given);
  return given;
}

/** How many can be given at once. */
function roomOf({ most_open: most }: RulesRow, people: readonly { open: number }[]): number {
  if (most === null) return people.length === 0 ? 0 : mostAtOnce;
  return Math.min(
    people.reduce((room, { open }) => room + (most - open), 0),
    mostAtOnce,
  );
}

/** To whom each goes, as far as somebody has room for it. */
export function share(
  { how, most_open: most, last_user_id: last }: Pick<RulesRow, "how" | "most_open" | "last_user_id">,
  { people, ids }: { people: readonly { id: string; open: number }[]; ids: readonly string[] },
): Given[] {
  const open = new Map(people.map((one) => [one.id, one.open]));
  let turn = people.findIndex(({ id }) => id === last);
  const given: Given[] = [];
  for (const id of ids) {
    // Beginning behind whoever had the last turn; of those with the same load the next in turn comes first.
    const inTurn = people.map((_, n) => (turn + 1 + n) % people.length);
    const free = inTurn.filter((n) => most === null || (open.get(people[n]?.id ?? "") ?? 0) < most);
    const loadOf = (n: number) => (how === "in_turn" ? 0 : (open.get(people[n]?.id ?? "") ?? 0));
    const [next] = free.toSorted((a, b) => loadOf(a) - loadOf(b));
    const to = next === undefined ? undefined : people[next]?.id;
    if (next === undefined || to === undefined) break;
    turn = next;
    open.set(to, (open.get(to) ?? 0) + 1);
    given.push({ id, to });
  }
  return given;
}

async function store(tx: TransactionSql, workspaceId: string, given: readonly Given[]): Promise<void> {
  await tx`
    with given as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as g(id uuid, "to" uuid)),
    changed as (
      update messaging.conversations v set assignee_id = given."to" from given
      where v.workspace_id = ${workspaceId} and v.id = given.id returning v.id, v.page_id, given."to"),
    line as (
      insert into messaging.events (workspace_id, page_id, conversation_id, key, kind, data, at)
      select ${workspaceId}::uuid, page_id, id, 'assignment:' || gen_random_uuid(), 'assignment',
        jsonb_build_object('from', null, 'to', "to"), now() from changed)
    insert into messaging.notifications (workspace_id, user_id, kind, conversation_id, page_id, others)
    select ${workspaceId}::uuid, "to", 'assigned', (array_agg(id order by id))[1], (array_agg(page_id order by id))[1],
      (count(*) - 1)::int4
    from changed group by "to"`;
  await tx`update messaging.giving_rules set last_user_id = ${given.at(-1)?.to ?? null}
    where workspace_id = ${workspaceId}`;
}
