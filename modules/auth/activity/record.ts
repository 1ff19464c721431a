import type { Fragment } from "postgres";
import type { Handle } from "#db";
import { currentTraceId, storable } from "#std";
import type { ActivityAction } from "./actions.ts";
import { type Actor, currentActor } from "./actor.ts";
import { bounded, type Values } from "./changes.ts";

export interface Activity {
  action: ActivityAction;
  /** Absent or null for changes of the installation. */
  workspaceId?: string | null;
  subject?: {
    id?: string | number | null;
    /** The name at the time. Never of a contact: a person may ask us to forget it, and this table forgets nothing. */
    name?: string | null;
  };
  before?: Values;
  after?: Values;
}

/** The subject of a part of a statement: expressions over its rows. */
export interface RowSubject {
  id: Fragment;
  name?: Fragment;
  workspaceId?: Fragment;
  /** jsonb, instead of the activity's own. */
  before?: Fragment;
  after?: Fragment;
}

const columns = `workspace_id, actor_kind, actor_id, actor_name, address, action, subject_id, subject_name, before,
  after, request_id`;

function valuesOf(
  sql: Handle,
  actor: Actor,
  { action, workspaceId, subject, before, after }: Activity,
  row?: RowSubject,
) {
  const name = subject?.name ?? null;
  return sql`
    ${row?.workspaceId ?? sql`${workspaceId ?? null}::uuid`}, ${actor.kind}, ${actor.id}::uuid,
    ${storable(actor.name, 200)}, ${storable(actor.address, 100)}, ${action},
    ${row ? sql`(${row.id})::text` : sql`${subject?.id === undefined || subject.id === null ? null : String(subject.id)}::text`},
    ${row?.name ? sql`left(${row.name}, 200)` : sql`${name === null ? null : storable(name, 200)}::text`},
    ${row?.before ?? sql`${bounded(before)}::jsonb`}, ${row?.after ?? sql`${bounded(after)}::jsonb`}, ${currentTraceId() ?? null}::text`;
}

/**
 * Writes the row of a change in the change's own transaction. The author is the one of the current request; without
 * one, as in a job, nothing is written.
 */
export async function recordActivity(tx: Handle, activity: Activity): Promise<void> {
  const actor = currentActor();
  if (actor === null) return;
  await tx`insert into auth.activity (${tx.unsafe(columns)}) values (${valuesOf(tx, actor, activity)})`;
}

/**
 * The same as a part of one statement, after `with changed as (update …)`: a row for each row of `from`, so a change
 * stays one round trip.
 *
 *     with changed as (update … returning id, name),
 *     recorded as (${activityRows(sql, { action, workspaceId }, { from: sql`changed`, id: sql`id`, name: sql`name` })})
 *     select id from changed
 */
export function activityRows(
  sql: Handle,
  activity: Omit<Activity, "subject">,
  { from, ...row }: RowSubject & { from: Fragment },
): Fragment {
  const actor = currentActor();
  if (actor === null) return sql`select 1 where false`;
  return sql`insert into auth.activity (${sql.unsafe(columns)}) select ${valuesOf(sql, actor, activity, row)} from ${from}`;
}

export interface Bound {
  /** At most so many rows of this action in a minute, of this author or of all. */
  most: number;
  per: "actor" | "action";
}

/** Writes the row of a refusal, which callers can cause at any rate, unless the last minute has enough of them. */
export async function recordRefusal(
  sql: Handle,
  actor: Actor,
  activity: Activity,
  { most, per }: Bound,
): Promise<void> {
  const isSame =
    per === "actor"
      ? sql`actor_id = ${actor.id}::uuid and action = ${activity.action}`
      : sql`action = ${activity.action}`;
  await sql`
    insert into auth.activity (${sql.unsafe(columns)}) select ${valuesOf(sql, actor, activity)}
    where (select count(*) from (
      select from auth.activity where ${isSame} and id > uuidv7(interval '-1 minute') limit ${most}) recent) < ${most}`;
}
