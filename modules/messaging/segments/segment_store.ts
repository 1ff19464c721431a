import type { Sql, TransactionSql } from "postgres";
import { and, desc, eq, ilike, lt, sql } from "drizzle-orm";
import { changesOf, recordActivity } from "#auth";
import { type Handle, orm } from "#db";
import { segments } from "#db/messaging";
import { type Clock, decodeIdCursor, notFound, pageOf } from "#std";
import { checkConditions, readGivenConditions } from "../conditions/mod.ts";
import { isDuplicate } from "../contacts/mod.ts";
import type { NewSegment, Segment, SegmentChange } from "./schema.ts";
import { problem } from "./problems.ts";

export interface SegmentDeps {
  sql: Sql;
  clock: Clock;
}

/** A workspace has at most so many segments. */
const mostSegments = 1_000;

/** Segments of a workspace, the newest first. */
export async function listSegments(
  { sql: db }: SegmentDeps,
  workspaceId: string,
  { limit = 50, cursor, search }: { limit?: number; cursor?: string; search?: string },
): Promise<{ items: Segment[]; nextCursor: string | null }> {
  const after = decodeIdCursor(cursor);
  const part = search?.replace(/[\\%_]/g, "\\$&");
  const rows = await orm(db)
    .select()
    .from(segments)
    .where(
      and(
        eq(segments.workspaceId, workspaceId),
        part ? ilike(segments.name, `%${part}%`) : undefined,
        after === null ? undefined : lt(segments.id, after),
      ),
    )
    .orderBy(desc(segments.id))
    .limit(limit + 1);
  const page = pageOf(rows, limit, (row) => [row.id]);
  return { items: page.items.map(view), nextCursor: page.nextCursor };
}

/** One segment; 404 when this workspace has none with this id. */
export async function readSegment(
  { sql: db }: { sql: Handle },
  workspaceId: string,
  id: string,
): Promise<Segment> {
  const [row] = await orm(db)
    .select()
    .from(segments)
    .where(and(eq(segments.workspaceId, workspaceId), eq(segments.id, id)));
  if (!row) throw notFound("segment");
  return view(row);
}

/** Makes a segment. Throws 422 `conditions-invalid` or `too-many-segments`, 409 `name-taken`. */
export async function createSegment(
  { sql: db }: Pick<SegmentDeps, "sql">,
  workspaceId: string,
  { userId, ...segment }: NewSegment & { userId: string },
): Promise<Segment> {
  const conditions =
    segment.kind === "dynamic" ? await readGivenConditions(db, workspaceId, segment.conditions) : null;
  return await db.begin(async (tx) => {
    const { name, kind } = segment;
    await makeRoom(tx, workspaceId);
    const row = await insertSegment(tx, { workspaceId, name, kind, conditions, createdBy: userId });
    if (segment.kind === "static" && segment.contactIds)
      await addMembers(tx, { workspaceId, segmentId: row.id, contactIds: segment.contactIds });
    return view(row);
  });
}

/** A new segment's row. Throws 409 `name-taken`. */
export async function insertSegment(
  tx: TransactionSql,
  segment: typeof segments.$inferInsert,
): Promise<typeof segments.$inferSelect> {
  const [row] = await orm(tx)
    .insert(segments)
    .values({ ...segment, name: segment.name.trim() })
    .onConflictDoNothing()
    .returning();
  if (!row) throw nameTaken(segment.name);
  await recordActivity(tx, {
    action: "segment.created",
    workspaceId: row.workspaceId,
    subject: row,
    after: { kind: row.kind },
  });
  return row;
}

/** Throws what making a segment of this name would throw now. */
export async function checkNewSegment(
  { sql: db }: Pick<SegmentDeps, "sql">,
  workspaceId: string,
  name: string,
): Promise<void> {
  await db.begin(async (tx) => {
    await makeRoom(tx, workspaceId);
    const named = and(
      eq(segments.workspaceId, workspaceId),
      sql`lower(${segments.name}) = lower(${name.trim()})`,
    );
    if ((await orm(tx).$count(segments, named)) > 0) throw nameTaken(name);
  });
}

/** Segments of a workspace are made one at a time, so that neither their number nor a copy's name is overtaken. */
async function makeRoom(tx: TransactionSql, workspaceId: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended('segments ' || ${workspaceId}::text, 0))`;
  if ((await orm(tx).$count(segments, eq(segments.workspaceId, workspaceId))) < mostSegments) return;
  throw problem("too-many-segments", { most: mostSegments });
}

/** Renames a segment or gives it other conditions. */
export async function changeSegment(
  { sql: db, clock }: SegmentDeps,
  { workspaceId, id, ...change }: SegmentChange & { workspaceId: string; id: string },
): Promise<Segment> {
  const conditions =
    change.conditions === undefined
      ? undefined
      : await readGivenConditions(db, workspaceId, change.conditions);
  const name = change.name?.trim();
  const isIt = and(eq(segments.workspaceId, workspaceId), eq(segments.id, id));
  return await db.begin(async (tx) => {
    const [before] = await orm(tx).select().from(segments).where(isIt).for("no key update");
    if (!before) throw notFound("segment");
    if (conditions !== undefined && before.kind !== "dynamic") throw problem("segment-static");
    const [row] = await orm(tx)
      .update(segments)
      .set({ name, conditions, updatedAt: new Date(clock()) })
      .where(isIt)
      .returning()
      .catch((error: unknown) => {
        if (name !== undefined && isDuplicate(error)) throw nameTaken(name);
        throw error;
      });
    if (!row) throw notFound("segment");
    const changes = changesOf(before, { name: row.name, conditions: row.conditions });
    await recordActivity(tx, { action: "segment.changed", workspaceId, subject: row, ...changes });
    return view(row);
  });
}

/** A copy, with the people of a static one. */
export async function duplicateSegment(
  { sql: db }: SegmentDeps,
  { workspaceId, id, userId }: { workspaceId: string; id: string; userId: string },
): Promise<Segment> {
  return await db.begin(async (tx) => {
    await makeRoom(tx, workspaceId);
    const [row] = await tx<{ id: string }[]>`
      insert into messaging.segments (workspace_id, name, kind, conditions, created_by)
      select workspace_id, (
          select left(s.name, 80) || ' (copy' || case when n = 1 then '' else ' ' || n end || ')'
          from generate_series(1, 1000) as n
          where not exists (select from messaging.segments as t where t.workspace_id = s.workspace_id
            and lower(t.name) = lower(left(s.name, 80) || ' (copy' || case when n = 1 then '' else ' ' || n end || ')'))
          order by n limit 1), kind, conditions, ${userId}::uuid
      from messaging.segments as s where workspace_id = ${workspaceId} and id = ${id}
      returning id`;
    if (!row) throw notFound("segment");
    await tx`
      insert into messaging.segment_members (workspace_id, segment_id, contact_id, page_id)
      select workspace_id, ${row.id}::uuid, contact_id, page_id from messaging.segment_members
      where workspace_id = ${workspaceId} and segment_id = ${id}`;
    const copy = await readSegment({ sql: tx }, workspaceId, row.id);
    await recordActivity(tx, { action: "segment.duplicated", workspaceId, subject: copy, after: { of: id } });
    return copy;
  });
}

/** Deletes a segment. Throws 409 `segment-in-use` while a campaign that is scheduled or under way goes to it. */
export async function deleteSegment(
  { sql: db }: SegmentDeps,
  workspaceId: string,
  id: string,
): Promise<void> {
  const users = sql`select c.name from messaging.campaigns as c
    where c.workspace_id = ${workspaceId} and c.status in ('scheduled', 'planning', 'running', 'paused')
      and c.audience ->> 'segmentId' = ${id} order by c.id limit 1`;
  const isGone = await db.begin(async (tx) => {
    const [gone] = await orm(tx)
      .delete(segments)
      .where(and(eq(segments.workspaceId, workspaceId), eq(segments.id, id), sql`not exists (${users})`))
      .returning({ id: segments.id, name: segments.name });
    if (gone) await recordActivity(tx, { action: "segment.deleted", workspaceId, subject: gone });
    return gone !== undefined;
  });
  if (isGone) return;
  const { name } = await readSegment({ sql: db }, workspaceId, id);
  const [campaign] = await orm(db).execute<{ name: string }>(users);
  throw problem("segment-in-use", { name, campaign: campaign?.name ?? "" });
}

interface Members {
  workspaceId: string;
  segmentId: string;
  contactIds: readonly string[];
}

/** Puts people of the workspace into a static segment; answers how many are new in it. */
export async function addSegmentMembers({ sql: db }: SegmentDeps, members: Members): Promise<number> {
  return await db.begin(async (tx) => {
    const segment = await lockStatic(tx, members);
    const count = await addMembers(tx, members);
    const { workspaceId } = members;
    await recordActivity(tx, {
      action: "segment.members-added",
      workspaceId,
      subject: segment,
      after: { count },
    });
    return count;
  });
}

/** Takes people out of a static segment; answers how many were in it. */
export async function removeSegmentMembers({ sql: db }: SegmentDeps, members: Members): Promise<number> {
  return await db.begin(async (tx) => {
    const segment = await lockStatic(tx, members);
    const gone = await tx`
      delete from messaging.segment_members where workspace_id = ${members.workspaceId} and segment_id = ${members.segmentId}
        and contact_id = any(${idArray(members.contactIds)}::uuid[]) returning 1`;
    await recordActivity(tx, {
      action: "segment.members-removed",
      workspaceId: members.workspaceId,
      subject: segment,
      after: { count: gone.length },
    });
    return gone.length;
  });
}

async function addMembers(
  tx: TransactionSql,
  { workspaceId, segmentId, contactIds }: Members,
): Promise<number> {
  const added = await tx`
    insert into messaging.segment_members (workspace_id, segment_id, contact_id, page_id)
    select workspace_id, ${segmentId}::uuid, id, page_id from messaging.contacts
    where workspace_id = ${workspaceId} and id = any(${idArray(contactIds)}::uuid[])
    order by id on conflict do nothing returning 1`;
  return added.length;
}

async function lockStatic(tx: TransactionSql, { workspaceId, segmentId }: Members): Promise<Segment> {
  const segment = await readSegment({ sql: tx }, workspaceId, segmentId);
  if (segment.kind === "static") return segment;
  throw problem("segment-dynamic");
}

/** Ids have no characters that an array's text would have to quote. */
const idArray = (ids: readonly string[]) => `{${ids.join(",")}}`;

const nameTaken = (name: string) => problem("name-taken", { name });

function view(row: typeof segments.$inferSelect): Segment {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    conditions: row.conditions === null ? null : checkConditions(row.conditions),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
