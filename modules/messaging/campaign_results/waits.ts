import type { Sql } from "postgres";
import { isWorkspaceOn } from "../workspaces/mod.ts";
import type { Results } from "./schema_results.ts";

interface LaneRow {
  page_id: string;
  held: string | null;
  held_until: string | null;
  due_at: string | null;
  is_due: boolean;
}

/**
 * Why nothing of a running campaign leaves now, or not on all pages: its workspace is switched off, what holds its pages
 * back, its winner that is not known yet, or a time that has not come. Null: nothing holds it.
 */
export async function readWaits(
  sql: Sql,
  { workspaceId, campaignId }: { workspaceId: string; campaignId: string },
): Promise<Results["waits"]> {
  const iso = (column: string) =>
    sql.unsafe(`to_char(nullif(${column}, 'infinity'), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);
  // Only the first row of each lane, by the index of waiting rows.
  const lanes = await sql<LaneRow[]>`
    select l.page_id, case when l.held_until > clock_timestamp() then l.held_reason end as held,
           ${iso("l.held_until")} as held_until, ${iso("first.due_at")} as due_at, first.due_at <= clock_timestamp() as is_due
    from messaging.lanes l
    cross join lateral (
      select d.due_at from messaging.deliveries d
      where d.campaign_id = ${campaignId} and d.page_id = l.page_id and d.class = l.class and d.state = 'queued'
      order by d.due_at limit 1) first
    where l.workspace_id = ${workspaceId}`;
  const [off] = await sql`select 1 as found where not ${isWorkspaceOn(sql, sql`${workspaceId}::uuid`)}`;
  if (off) {
    const count = new Set(lanes.map((lane) => lane.page_id)).size;
    return { why: "workspace", reason: null, pages: count, of: count, until: null };
  }
  const held = lanes.flatMap((lane) => (lane.held === null ? [] : [{ ...lane, reason: lane.held }]));
  const [first] = held;
  if (first) {
    const pages = new Set(held.map((lane) => lane.page_id)).size;
    const of = new Set(lanes.map((lane) => lane.page_id)).size;
    return { why: "page", reason: first.reason, pages, of, until: first.held_until };
  }
  if (lanes.length === 0 || lanes.some((lane) => lane.is_due)) return null;
  const next = lanes.flatMap((lane) => lane.due_at ?? []).toSorted()[0];
  const nothing = { reason: null, pages: 0, of: 0 };
  return next === undefined
    ? { why: "winner", until: null, ...nothing }
    : { why: "time", until: next, ...nothing };
}
