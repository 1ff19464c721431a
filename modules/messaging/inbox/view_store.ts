import type { Sql } from "postgres";
import { activityRows, recordActivity } from "#auth";
import { notFound, parse } from "#std";
import { type NewView, type SavedView, ViewFilterSchema } from "./schema_views.ts";
import { problem } from "./problems.ts";

/** More would be no help in a menu. */
const most = 30;

/** The owner of the views: one person in one workspace. */
export interface ViewOwner {
  workspaceId: string;
  userId: string;
}

/** A person's saved views, by name. */
export async function listViews(
  { sql }: { sql: Sql },
  { workspaceId, userId }: ViewOwner,
): Promise<SavedView[]> {
  const rows = await sql<{ id: string; name: string; filter: unknown }[]>`
    select id, name, filter from messaging.saved_views
    where workspace_id = ${workspaceId} and user_id = ${userId} order by lower(name)`;
  return rows.flatMap(({ filter, ...row }) => {
    // One that a newer version wrote and this one cannot read is left out.
    const parsed = parse(ViewFilterSchema, filter);
    return parsed.ok ? { ...row, filter: parsed.value } : [];
  });
}

/** Saves a view and replaces one of the same name. Throws 409 `too-many-views`. */
export async function saveView(
  { sql }: { sql: Sql },
  { workspaceId, userId }: ViewOwner,
  { name, filter }: NewView,
): Promise<SavedView> {
  const title = name.trim();
  return await sql.begin(async (tx) => {
    // One at a time, so that concurrent ones do not each find room for the last.
    await tx`select pg_advisory_xact_lock(hashtextextended('views ' || ${workspaceId}::text || ${userId}::text, 0))`;
    const [row] = await tx<{ id: string; name: string }[]>`
      insert into messaging.saved_views (workspace_id, user_id, name, filter)
      select ${workspaceId}, ${userId}, ${title}, ${JSON.stringify(filter)}::jsonb
      where (select count(*) from messaging.saved_views
        where workspace_id = ${workspaceId} and user_id = ${userId} and lower(name) <> lower(${title})) < ${most}
      on conflict (workspace_id, user_id, lower(name)) do update set name = excluded.name, filter = excluded.filter
      returning id, name`;
    if (!row) throw problem("too-many-views", { most });
    await recordActivity(tx, { action: "view.saved", workspaceId, subject: row });
    return { ...row, filter };
  });
}

/** Throws 404 if this person has no such view here. */
export async function deleteView(
  { sql }: { sql: Sql },
  { workspaceId, userId }: ViewOwner,
  id: string,
): Promise<void> {
  const gone = await sql`
    with gone as (
      delete from messaging.saved_views
      where workspace_id = ${workspaceId} and user_id = ${userId} and id = ${id} returning id, name),
    recorded as (${activityRows(
      sql,
      { action: "view.deleted", workspaceId },
      { from: sql`gone`, id: sql`id`, name: sql`name` },
    )})
    select id from gone`;
  if (gone.length === 0) throw notFound("view");
}
