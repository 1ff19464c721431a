import type { Sql } from "postgres";
import { type ActivityAction, activityRows, changesOf, recordActivity } from "#auth";
import type { Handle } from "#db";
import { decodeIdCursor, notFound, pageOf, recognize } from "#std";
import { beginSequence, endSequence, holdRunning, sayOfCampaign } from "../campaign_state/mod.ts";
import { wakeCampaign } from "../delivery/mod.ts";
import { storeContents } from "../templates/mod.ts";
import { requireWorkspaceOn } from "../workspaces/mod.ts";
import { holdSequence, moveOn, readStored } from "./numbering_store.ts";
import { rewriteWaiting } from "./rewrite_waiting.ts";
import type { NewSequence, Sequence, SequenceChange, SequenceDraft } from "./schema.ts";
import { checkDraft } from "./sequence_check.ts";
import { firstNumbering, renumber } from "./step_numbers.ts";
import { problem } from "./problems.ts";

interface Row {
  id: string;
  name: string;
  status: Sequence["status"];
  status_reason: string | null;
  draft: unknown;
  people: Sequence["people"];
  sent: number;
  created_at: Date | string;
  launched_at: Date | string | null;
  archived_at: Date | string | null;
}

export interface SequenceRef {
  workspaceId: string;
  sequenceId: string;
}

const iso = (time: Date | string) => new Date(time).toISOString();

function toSequence(row: Row): Sequence {
  const { steps, trigger, exit } = readStored(row.id, row.draft);
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    statusReason: row.status_reason,
    statusReasonWords: recognize(row.status_reason),
    steps,
    trigger,
    exit,
    people: row.people,
    sent: row.sent,
    createdAt: iso(row.created_at),
    launchedAt: row.launched_at === null ? null : iso(row.launched_at),
    archivedAt: row.archived_at === null ? null : iso(row.archived_at),
  };
}

function columns(sql: Handle) {
  return sql`k.id, k.name, k.status, k.status_reason, k.draft, k.created_at, k.launched_at, k.archived_at,
    coalesce((k.counts ->> 'sent')::int4, 0) as sent, (
    select json_build_object('active', count(*) filter (where e.status = 'active'),
      'finished', count(*) filter (where e.status = 'finished'), 'exited', count(*) filter (where e.status = 'exited'),
      'removed', count(*) filter (where e.status = 'removed'))
    from messaging.enrolments e where e.campaign_id = k.id) as people`;
}

/** The sequences of a workspace, newest first; those of the archive apart. */
export async function listSequences(
  sql: Sql,
  workspaceId: string,
  query: { limit?: number; cursor?: string; search?: string; archived?: boolean },
): Promise<{ items: Sequence[]; nextCursor: string | null }> {
  const limit = query.limit ?? 50;
  const before = decodeIdCursor(query.cursor);
  const rows = await sql<Row[]>`
    select ${columns(sql)} from messaging.campaigns k
    where k.workspace_id = ${workspaceId} and k.kind = 'sequence'
      and (k.archived_at is not null) = ${query.archived ?? false}
      ${before === null ? sql`` : sql`and k.id < ${before}::uuid`}
      ${query.search ? sql`and position(lower(${query.search}) in lower(k.name)) > 0` : sql``}
    order by k.id desc limit ${limit + 1}`;
  const { items, nextCursor } = pageOf([...rows], limit, (row) => [row.id]);
  return { items: items.map(toSequence), nextCursor };
}

/** One sequence; a 404 Problem when there is none. */
export async function readSequence(sql: Handle, { workspaceId, sequenceId }: SequenceRef): Promise<Sequence> {
  const [row] = await sql<Row[]>`select ${columns(sql)} from messaging.campaigns k
    where k.workspace_id = ${workspaceId} and k.id = ${sequenceId} and k.kind = 'sequence'`;
  if (!row) throw notFound("sequence");
  return toSequence(row);
}

/** Makes a draft. Throws `content-invalid` and `sequence-names-missing`. */
export async function createSequence(
  sql: Sql,
  { workspaceId, userId }: { workspaceId: string; userId: string },
  { name, ...draft }: NewSequence,
  action: ActivityAction = "sequence.created",
): Promise<Sequence> {
  await checkDraft(sql, workspaceId, draft);
  const [row] = await sql<{ id: string }[]>`
    with made as (
      insert into messaging.campaigns (workspace_id, name, kind, audience, draft, created_by)
      values (${workspaceId}, ${name}, 'sequence', '{}', ${JSON.stringify(draft)}::jsonb, ${userId})
      returning id, name),
    recorded as (${activityRows(
      sql,
      { action, workspaceId },
      { from: sql`made`, id: sql`id`, name: sql`name` },
    )})
    select id from made`;
  if (!row) throw new Error("Cannot make a sequence: no row came back");
  return await readSequence(sql, { workspaceId, sequenceId: row.id });
}

/** Creates a draft as a copy of another sequence in any state. Throws as `createSequence`, and 404. */
export async function duplicateSequence(
  sql: Sql,
  { userId, ...ref }: SequenceRef & { userId: string },
): Promise<Sequence> {
  const { name, steps, trigger, exit } = await readSequence(sql, ref);
  const copy = { name: `${name.slice(0, 110).replace(/[\uD800-\uDBFF]$/, "")} (copy)`, steps, trigger, exit };
  const at = { workspaceId: ref.workspaceId, userId };
  return await createSequence(sql, at, copy, "sequence.duplicated");
}

/** Changes a draft or a paused sequence. Throws 404, `sequence-running` and `sequence-worn-out`. */
export async function changeSequence(sql: Sql, ref: SequenceRef, change: SequenceChange): Promise<Sequence> {
  const { name, ...draft } = change;
  const known = await readSequence(sql, ref);
  const next: SequenceDraft = {
    steps: draft.steps ?? known.steps,
    trigger: draft.trigger === undefined ? known.trigger : draft.trigger,
    exit: draft.exit ?? known.exit,
  };
  await checkDraft(sql, ref.workspaceId, next);
  const changed = await sql.begin(async (tx) => {
    // The numbers follow from the previous ones, which may change concurrently.
    const had = await holdSequence(tx, ref);
    const has = draft.steps ?? had.steps;
    const numbering = had.hasRun ? renumber(had.steps, had.numbering, has) : firstNumbering(has);
    const rows = await tx`
      update messaging.campaigns
      set name = coalesce(${name ?? null}, name), draft = draft || ${JSON.stringify({ ...draft, numbering })}::jsonb,
        updated_at = now()
      where workspace_id = ${ref.workspaceId} and id = ${ref.sequenceId} and kind = 'sequence'
        and status in ('draft', 'paused') returning id`;
    if (rows.length > 0) {
      const after = { name: name ?? known.name, ...next };
      const changes = changesOf({ ...known }, after, { unseen: ["steps"] });
      await record(tx, ref, "sequence.changed", { name: after.name, ...changes });
    }
    return rows;
  });
  if (changed.length === 0) throw problem("sequence-running", { name: known.name, status: known.status });
  return await readSequence(sql, ref);
}

/** Deletes a sequence that never ran. Throws 404 and `sequence-has-run`. */
export async function deleteSequence(sql: Sql, ref: SequenceRef): Promise<void> {
  const gone = await sql`
    with gone as (
      delete from messaging.campaigns
      where workspace_id = ${ref.workspaceId} and id = ${ref.sequenceId} and kind = 'sequence' and status = 'draft'
      returning id, name),
    recorded as (${activityRows(
      sql,
      { action: "sequence.deleted", workspaceId: ref.workspaceId },
      { from: sql`gone`, id: sql`id`, name: sql`name` },
    )})
    select id from gone`;
  if (gone.length > 0) return;
  const { name } = await readSequence(sql, ref);
  throw problem("sequence-has-run", { name });
}

/**
 * Lets a draft or a paused sequence run, as it is written now. Throws 404, `sequence-not-startable`, `workspace-
 * disabled`.
 */
export async function startSequence(sql: Sql, ref: SequenceRef & { userId: string }): Promise<Sequence> {
  const { name, status, archivedAt } = await readSequence(sql, ref);
  await sql.begin(async (tx) => {
    await requireWorkspaceOn(tx, ref.workspaceId, "start-sequence");
    const started = await beginSequence(tx, ref);
    if (!started)
      throw archivedAt === null
        ? problem("sequence-not-startable", { name, status })
        : problem("sequence-archived", { name });
    const { steps, trigger, numbering } = await holdSequence(tx, ref);
    if (started.isChanged) {
      const rows = [];
      for (const [index, { delaySeconds, condition, content }] of steps.entries())
        for (const { pageId, contentId } of await storeContents(tx, ref.workspaceId, content))
          rows.push({ step: index + 1, delay: delaySeconds, condition, page: pageId, content: contentId });
      await moveOn(tx, ref, numbering);
      await tx`delete from messaging.sequence_steps where campaign_id = ${ref.sequenceId}`;
      await tx`
        insert into messaging.sequence_steps (workspace_id, campaign_id, step, delay_seconds, condition, page_id,
          content_id)
        select ${ref.workspaceId}, ${ref.sequenceId}, step, delay, nullif(condition, 'null'), page, content
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
          as s(step smallint, delay int, condition jsonb, page uuid, content uuid)`;
      await rewriteWaiting(tx, ref, numbering);
    }
    await tx`delete from messaging.triggers where campaign_id = ${ref.sequenceId}`;
    if (trigger)
      await tx`insert into messaging.triggers (campaign_id, workspace_id, kind, match)
        values (${ref.sequenceId}, ${ref.workspaceId}, ${trigger.kind}, ${JSON.stringify(trigger)}::jsonb)`;
    await wakeCampaign(tx, { workspaceId: ref.workspaceId, campaignId: ref.sequenceId });
    await record(tx, ref, "sequence.started", { name });
  });
  return await readSequence(sql, ref);
}

/** Pauses a running sequence: no enrolment moves and nothing is sent until it is started again. */
export async function pauseSequence(sql: Sql, ref: SequenceRef & { by: string }): Promise<Sequence> {
  const { name, status } = await readSequence(sql, ref);
  await sql.begin(async (tx) => {
    if (!(await holdRunning(tx, { ...ref, reason: sayOfCampaign("paused-by", { name: ref.by }).text })))
      throw problem("sequence-not-running", { name, status });
    await record(tx, ref, "sequence.paused", { name });
  });
  return await readSequence(sql, ref);
}

/** Stops a sequence permanently: ends enrolments and cancels queued messages. */
export async function stopSequence(sql: Sql, ref: SequenceRef & { by: string }): Promise<Sequence> {
  const { name, status } = await readSequence(sql, ref);
  await sql.begin(async (tx) => {
    if (!(await endSequence(tx, { ...ref, reason: sayOfCampaign("stopped-by", { name: ref.by }).text })))
      throw problem("sequence-not-stoppable", { name, status });
    await tx`update messaging.enrolments set status = 'removed', ended_at = now(), exit_reason = 'stopped'
      where campaign_id = ${ref.sequenceId} and status = 'active'`;
    await record(tx, ref, "sequence.stopped", { name });
  });
  return await readSequence(sql, ref);
}

/** Takes a sequence out of the list, or brings it back. Throws 404 and `sequence-live` while it may send. */
export async function archiveSequence(
  sql: Sql,
  { isArchived, ...ref }: SequenceRef & { isArchived: boolean },
): Promise<Sequence> {
  const done = await sql`
    with done as (
      update messaging.campaigns set archived_at = case when ${isArchived} then coalesce(archived_at, now()) end
      where workspace_id = ${ref.workspaceId} and id = ${ref.sequenceId} and kind = 'sequence'
        and (status in ('draft', 'cancelled') or not ${isArchived}) returning id, name),
    recorded as (${activityRows(
      sql,
      { action: isArchived ? "sequence.archived" : "sequence.unarchived", workspaceId: ref.workspaceId },
      { from: sql`done`, id: sql`id`, name: sql`name` },
    )})
    select id from done`;
  const sequence = await readSequence(sql, ref);
  if (done.length > 0) return sequence;
  throw problem("sequence-live", { name: sequence.name, status: sequence.status });
}

async function record(
  tx: Handle,
  { workspaceId, sequenceId }: SequenceRef,
  action: ActivityAction,
  { name, ...changes }: { name: string } & Partial<ReturnType<typeof changesOf>>,
): Promise<void> {
  await recordActivity(tx, { action, workspaceId, subject: { id: sequenceId, name }, ...changes });
}
