import type { Fragment, Sql } from "postgres";
import { limitOf } from "#db";
import { decodeIdCursor, pageOf } from "#std";
import { type ActivityAction, activityActions, kindOf } from "./actions.ts";
import type { ActorKind } from "./actor.ts";

export interface ActivityFilter {
  workspaceId?: string;
  actorId?: string;
  /** Those without a person: the command line, and callers without a login. */
  actorKind?: ActorKind;
  action?: ActivityAction;
  /** All actions on this kind of subject. */
  kind?: string;
  subjectId?: string;
  /** Inclusive. */
  since?: string;
  /** Exclusive. */
  until?: string;
}

export interface ActivityEntry {
  id: string;
  at: string;
  workspace: { id: string; name: string | null } | null;
  actor: { kind: ActorKind; id: string | null; name: string };
  address: string;
  action: ActivityAction;
  kind: string;
  subject: { id: string | null; name: string | null };
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  requestId: string | null;
}

interface Row extends Pick<ActivityEntry, "id" | "address" | "action" | "before" | "after" | "requestId"> {
  at: number;
  workspaceId: string | null;
  workspaceName: string | null;
  actorKind: ActorKind;
  actorId: string | null;
  actorName: string;
  subjectId: string | null;
  subjectName: string | null;
}

/** The smallest id of this time: ids begin with their millisecond. */
function firstIdAt(time: string): string {
  const hex = Math.max(0, Date.parse(time)).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-0000-0000-000000000000`;
}

/** The rows of a filter, newest first, before `before`. Each filter has an index in the order of the ids. */
async function readRows(
  sql: Sql,
  { workspaceId, actorId, actorKind, action, kind, subjectId, since, until }: ActivityFilter,
  { before, limit }: { before: string | null; limit: number },
): Promise<Row[]> {
  const conditions = sql`
    ${workspaceId === undefined ? sql`` : sql`and a.workspace_id = ${workspaceId}`}
    ${actorId === undefined ? sql`` : sql`and a.actor_id = ${actorId}`}
    ${actorKind === undefined ? sql`` : sql`and a.actor_kind = ${actorKind}`}
    ${actorKind === undefined || actorKind === "user" || actorKind === "key" ? sql`` : sql`and a.actor_id is null`}
    ${subjectId === undefined ? sql`` : sql`and a.subject_id = ${subjectId}`}
    ${since === undefined ? sql`` : sql`and a.id >= ${firstIdAt(since)}::uuid`}
    ${until === undefined ? sql`` : sql`and a.id < ${firstIdAt(until)}::uuid`}
    ${before === null ? sql`` : sql`and a.id < ${before}::uuid`}`;
  const newest = (more: Fragment) => sql`
    (select a.* from auth.activity a where ${more} ${conditions} order by a.id desc limit ${limitOf(sql, limit)})`;
  const wanted = action !== undefined ? [action] : kind !== undefined ? actionsOf(kind) : null;
  // An index has the order of the ids within one action: of several, each gives its newest. The codes are in the text,
  // so that Postgres knows how rare each is: as a parameter it expected a third of the table.
  const found =
    wanted === null
      ? newest(sql`true`)
      : sql`select one.* from (${wanted
          .map((one) => newest(sql`a.action = ${sql.unsafe(`'${one}'`)}`))
          .reduce((all, one) => sql`${all} union all ${one}`)}) one
        order by one.id desc limit ${limitOf(sql, limit)}`;
  return await sql<Row[]>`
    select f.id, (extract(epoch from uuid_extract_timestamp(f.id)) * 1000)::float8 as at,
      f.workspace_id as "workspaceId", w.name as "workspaceName", f.actor_kind as "actorKind", f.actor_id as "actorId",
      f.actor_name as "actorName", f.address, f.action, f.subject_id as "subjectId", f.subject_name as "subjectName",
      f.before, f.after, f.request_id as "requestId"
    from (${found}) f left join auth.workspaces w on w.id = f.workspace_id
    order by f.id desc`;
}

const actionsOf = (kind: string) => activityActions.filter((action) => kindOf(action) === kind);

function view(row: Row): ActivityEntry {
  return {
    id: row.id,
    at: new Date(row.at).toISOString(),
    workspace: row.workspaceId === null ? null : { id: row.workspaceId, name: row.workspaceName },
    actor: { kind: row.actorKind, id: row.actorId, name: row.actorName },
    address: row.address,
    action: row.action,
    kind: kindOf(row.action),
    subject: { id: row.subjectId, name: row.subjectName },
    before: row.before,
    after: row.after,
    requestId: row.requestId,
  };
}

/** A page of the activity log, newest first. Throws 422 `invalid-cursor`. */
export async function listActivity(
  { sql }: { sql: Sql },
  { limit = 50, cursor, ...filter }: ActivityFilter & { limit?: number; cursor?: string },
): Promise<{ items: ActivityEntry[]; nextCursor: string | null }> {
  const rows = await readRows(sql, filter, { before: decodeIdCursor(cursor), limit: limit + 1 });
  const page = pageOf([...rows], limit, (row) => [row.id]);
  return { items: page.items.map(view), nextCursor: page.nextCursor };
}

/** All rows of a filter in batches, newest first. */
export async function* readActivity(
  { sql }: { sql: Sql },
  filter: ActivityFilter,
  batch = 2_000,
): AsyncGenerator<ActivityEntry[]> {
  for (let before: string | null = null; ;) {
    const rows: Row[] = await readRows(sql, filter, { before, limit: batch });
    if (rows.length > 0) yield rows.map(view);
    const last = rows.at(-1);
    if (!last || rows.length < batch) return;
    before = last.id;
  }
}

/** Everybody with an account, by name: whom the log can be filtered by. At most 500. */
export async function listActors({ sql }: { sql: Sql }): Promise<{ id: string; name: string }[]> {
  return await sql<{ id: string; name: string }[]>`
    select id, name from auth.users order by lower(name), id limit 500`;
}
