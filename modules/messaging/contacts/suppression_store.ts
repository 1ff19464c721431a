import type postgres from "postgres";
import { activityRows, recordActivity } from "#auth";
import { decodeCursor, notFound, pageOf, parse, timePart, Uuid, wrongCursor } from "#std";
import type { Suppression } from "./schema_consent.ts";

interface On {
  sql: postgres.Sql;
}

interface Row extends Omit<Suppression, "createdAt"> {
  at: string;
}

/** The suppression list, newest first. */
export async function listSuppressions(
  { sql }: On,
  workspaceId: string,
  { limit = 50, cursor, pageId, psid }: { limit?: number; cursor?: string; pageId?: string; psid?: string },
): Promise<{ items: Suppression[]; nextCursor: string | null }> {
  const after = cursor === undefined ? null : readCursor(cursor);
  const rows = await sql<Row[]>`
    select s.page_id as "pageId", s.psid, s.reason, c.id as "contactId", c.name, s.created_at::text as at
    from messaging.suppressions as s
    left join messaging.contacts as c on c.page_id = s.page_id and c.psid = s.psid
    where s.workspace_id = ${workspaceId}
      ${pageId === undefined ? sql`` : sql`and s.page_id = ${pageId}`}
      ${psid === undefined ? sql`` : sql`and s.psid = ${psid}`}
      ${after === null ? sql`` : sql`and (s.created_at, s.page_id, s.psid) < (${after.at}::timestamptz, ${after.pageId}::uuid, ${after.psid})`}
    order by s.created_at desc, s.page_id desc, s.psid desc limit ${limit + 1}`;
  const page = pageOf([...rows], limit, (row) => [row.at, row.pageId, row.psid]);
  return {
    items: page.items.map(({ at, ...row }) => ({ ...row, createdAt: new Date(at).toISOString() })),
    nextCursor: page.nextCursor,
  };
}

function readCursor(cursor: string): { at: string; pageId: string; psid: string } {
  const [at, pageId, psid] = decodeCursor(cursor, 3);
  const page = parse(Uuid, pageId);
  if (!page.ok || !/^\d{1,32}$/.test(String(psid))) throw wrongCursor();
  return { at: timePart(at), pageId: page.value, psid: String(psid) };
}

export interface NewSuppression {
  workspaceId: string;
  pageId: string;
  psids: readonly string[];
  reason?: "manual" | "complaint";
  userId: string;
}

/** Adds people to the list, known or not; returns the number of new ones. 404 for a page of another workspace. */
export async function suppress(
  { sql }: On,
  { workspaceId, pageId, psids, reason = "manual", userId }: NewSuppression,
): Promise<number> {
  const [page] =
    await sql`select 1 from messaging.pages where workspace_id = ${workspaceId} and id = ${pageId}`;
  if (!page) throw notFound("page");
  return await sql.begin(async (tx) => {
    const added = await tx`
    insert into messaging.suppressions (workspace_id, page_id, psid, reason, by_user_id)
    select ${workspaceId}::uuid, ${pageId}::uuid, psid, ${reason}, ${userId}::uuid
    from unnest(${[...psids]}::text[]) as psid order by psid
    on conflict do nothing returning 1`;
    // Without the PSIDs: they are people.
    const after = { count: added.length, reason };
    await recordActivity(tx, { action: "suppression.added", workspaceId, subject: { id: pageId }, after });
    return added.length;
  });
}

/** Removes a person from the list. Their own opt-out stays: they must subscribe again. */
export async function liftSuppression(
  { sql }: On,
  { workspaceId, pageId, psid }: { workspaceId: string; pageId: string; psid: string },
): Promise<void> {
  const gone = await sql`
    with gone as (
      delete from messaging.suppressions
      where workspace_id = ${workspaceId} and page_id = ${pageId} and psid = ${psid} returning page_id),
    recorded as (${activityRows(
      sql,
      { action: "suppression.lifted", workspaceId },
      { from: sql`gone`, id: sql`page_id` },
    )})
    select 1 from gone`;
  if (gone.length === 0) throw notFound("suppression");
}
