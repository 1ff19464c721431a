import type { Sql } from "postgres";
import { recordActivity } from "#auth";
import { decodeIdCursor, notFound, pageOf } from "#std";
import { audienceCondition } from "../conditions/mod.ts";
import { displayName } from "../contacts/mod.ts";
import { enrol } from "./enrol.ts";
import { cancelWaiting } from "./exit.ts";
import type { Enrol, EnrolmentsQuery } from "./schema.ts";
import { readSequence, type SequenceRef } from "./sequence_store.ts";
import { problem } from "./problems.ts";

/** Current and past enrolments of a sequence, newest first. */
export async function listEnrolments(sql: Sql, ref: SequenceRef, query: EnrolmentsQuery) {
  await readSequence(sql, ref);
  const limit = query.limit ?? 50;
  const before = decodeIdCursor(query.cursor);
  const rows = await sql<EnrolmentRow[]>`
    select e.id, e.contact_id, e.page_id, c.name, c.psid, e.status, e.exit_reason, e.next_step::int4, e.due_at,
      e.started_at, e.ended_at
    from messaging.enrolments e
    join messaging.contacts c on c.workspace_id = e.workspace_id and c.id = e.contact_id and c.page_id = e.page_id
    where e.workspace_id = ${ref.workspaceId} and e.campaign_id = ${ref.sequenceId}
      ${query.status ? sql`and e.status = ${query.status}` : sql``}
      ${before === null ? sql`` : sql`and e.id < ${before}::uuid`}
    order by e.id desc limit ${limit + 1}`;
  const page = pageOf([...rows], limit, (row) => [row.id]);
  return { items: page.items.map(toEnrolment), nextCursor: page.nextCursor };
}

interface EnrolmentRow {
  id: string;
  contact_id: string;
  page_id: string;
  name: string | null;
  psid: string;
  status: "active" | "finished" | "exited" | "removed";
  exit_reason: string | null;
  next_step: number;
  due_at: Date | string;
  started_at: Date | string;
  ended_at: Date | string | null;
}

const iso = (time: Date | string) => new Date(time).toISOString();

function toEnrolment(row: EnrolmentRow) {
  return {
    id: row.id,
    contact: { id: row.contact_id, name: displayName(row), pageId: row.page_id },
    status: row.status,
    exitReason: row.exit_reason,
    nextStep: row.next_step,
    dueAt: iso(row.due_at),
    startedAt: iso(row.started_at),
    endedAt: row.ended_at === null ? null : iso(row.ended_at),
  };
}

/** Puts people into a running sequence by hand, as often as asked but never twice at a time. Returns how many came in. */
export async function enrolByHand(sql: Sql, ref: SequenceRef, whom: Enrol): Promise<{ enrolled: number }> {
  const { name, status } = await readSequence(sql, ref);
  if (status !== "running") throw problem("sequence-not-adding", { name, status });
  const { condition } = await audienceCondition(sql, ref.workspaceId, whom);
  const { workspaceId, sequenceId } = ref;
  return await sql.begin(async (tx) => {
    const enrolled = await enrol(
      tx,
      { workspaceId, campaignId: sequenceId, cooldownSeconds: 0, maxPerContact: 30, pageIds: [] },
      tx`select c.id as contact_id, clock_timestamp() as at from messaging.contacts c where ${condition}`,
    );
    await recordActivity(tx, {
      action: "sequence.contacts-enrolled",
      workspaceId,
      subject: { id: sequenceId, name },
      after: { count: enrolled },
    });
    return { enrolled };
  });
}

/** Takes a person out in the middle: no further step is sent, and one that waits is cancelled. Throws 404. */
export async function removeEnrolment(sql: Sql, ref: SequenceRef & { enrolmentId: string }): Promise<void> {
  await sql.begin(async (tx) => {
    const { workspaceId, sequenceId } = ref;
    const { name } = await readSequence(tx, ref);
    const [removed] = await tx<{ contactId: string }[]>`
      update messaging.enrolments set status = 'removed', exit_reason = 'by hand', ended_at = clock_timestamp()
      where id = ${ref.enrolmentId} and workspace_id = ${ref.workspaceId} and campaign_id = ${ref.sequenceId}
        and status = 'active' returning contact_id as "contactId"`;
    if (!removed) throw notFound("enrolment");
    await cancelWaiting(tx, [ref.enrolmentId]);
    await recordActivity(tx, {
      action: "sequence.contact-removed",
      workspaceId,
      subject: { id: sequenceId, name },
      after: { contactId: removed.contactId },
    });
  });
}
