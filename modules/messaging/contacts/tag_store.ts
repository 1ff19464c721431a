import type { Sql } from "postgres";
import { and, asc, eq, sql } from "drizzle-orm";
import { activityRows, changesOf, recordActivity } from "#auth";
import { type Handle, orm } from "#db";
import { tags } from "#db/messaging";
import { decodeCursor, notFound, pageOf } from "#std";
import type { NewTag, Tag, TagChange } from "./schema_labels.ts";
import { isDuplicate, refuseWhileUsed } from "./label_uses.ts";
import { problem } from "./problems.ts";

/** A workspace has at most so many tags. */
const mostTags = 500;

/** Tags of a workspace by name. */
export async function listTags(
  { sql: db }: { sql: Handle },
  workspaceId: string,
  { limit = 100, cursor }: { limit?: number; cursor?: string },
): Promise<{ items: Tag[]; nextCursor: string | null }> {
  const after = cursor === undefined ? null : String(decodeCursor(cursor, 1)[0]);
  const rows = await orm(db)
    .select({ id: tags.id, name: tags.name, colour: tags.colour })
    .from(tags)
    .where(
      and(
        eq(tags.workspaceId, workspaceId),
        after === null ? undefined : sql`lower(${tags.name}) > lower(${after}::text)`,
      ),
    )
    .orderBy(asc(sql`lower(${tags.name})`))
    .limit(limit + 1);
  return pageOf(rows, limit, (row) => [row.name]);
}

/** All tags of a workspace, for reading files. */
export async function readTags({ sql: db }: { sql: Handle }, workspaceId: string): Promise<Tag[]> {
  return await orm(db)
    .select({ id: tags.id, name: tags.name, colour: tags.colour })
    .from(tags)
    .where(eq(tags.workspaceId, workspaceId));
}

/** Makes a tag. Throws 409 `name-taken`, 422 `too-many-tags`. */
export async function createTag({ sql: db }: { sql: Sql }, workspaceId: string, tag: NewTag): Promise<Tag> {
  const name = tag.name.trim();
  return await db.begin(async (tx) => {
    // One at a time, so that concurrent ones do not each find room for the last.
    await tx`select pg_advisory_xact_lock(hashtextextended('tags ' || ${workspaceId}::text, 0))`;
    const [row] = await tx<{ id: string; name: string; colour: string }[]>`
      with made as (
        insert into messaging.tags (workspace_id, name, colour)
        select ${workspaceId}::uuid, ${name}, ${tag.colour ?? "slate"}
        where (select count(*) from messaging.tags where workspace_id = ${workspaceId}) < ${mostTags}
        on conflict do nothing returning id, name, colour),
      recorded as (${activityRows(
        tx,
        { action: "tag.created", workspaceId },
        { from: tx`made`, id: tx`id`, name: tx`name` },
      )})
      select id, name, colour from made`;
    if (row) return row;
    const [same] = await orm(tx)
      .select({ id: tags.id })
      .from(tags)
      .where(and(eq(tags.workspaceId, workspaceId), sql`lower(${tags.name}) = lower(${name})`));
    if (same) throw nameTaken(name);
    throw problem("too-many-tags", { most: mostTags });
  });
}

/** Renames or recolours a tag. */
export async function changeTag(
  { sql: db }: { sql: Sql },
  { workspaceId, id, ...change }: TagChange & { workspaceId: string; id: string },
): Promise<Tag> {
  const isIt = and(eq(tags.workspaceId, workspaceId), eq(tags.id, id));
  const columns = { id: tags.id, name: tags.name, colour: tags.colour };
  return await db.begin(async (tx) => {
    const [before] = await orm(tx).select(columns).from(tags).where(isIt).for("no key update");
    const [row] = await orm(tx)
      .update(tags)
      .set({ name: change.name?.trim(), colour: change.colour })
      .where(isIt)
      .returning(columns)
      .catch((error: unknown) => {
        if (isDuplicate(error)) throw nameTaken(change.name ?? "");
        throw error;
      });
    if (!before || !row) throw notFound("tag");
    await recordActivity(tx, {
      action: "tag.changed",
      workspaceId,
      subject: row,
      ...changesOf(before, { ...row }),
    });
    return row;
  });
}

/**
 * Deletes a tag and removes it from all contacts. Throws 409 `tag-in-use` while a segment, a message or a sequence
 * uses it.
 */
export async function deleteTag(
  { sql: db }: { sql: Handle },
  workspaceId: string,
  id: string,
): Promise<void> {
  await refuseWhileUsed(db, workspaceId, { id, what: "tag" });
  const gone = await db`
    with gone as (
      delete from messaging.tags where workspace_id = ${workspaceId} and id = ${id} returning id, name),
    recorded as (${activityRows(
      db,
      { action: "tag.deleted", workspaceId },
      { from: db`gone`, id: db`id`, name: db`name` },
    )})
    select id from gone`;
  if (gone.length === 0) throw notFound("tag");
}

const nameTaken = (name: string) => problem("tag-name-taken", { name });
