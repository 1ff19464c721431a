import type { TransactionSql } from "postgres";
import type { Handle } from "#db";

/** Changes of a sequence's status, as transitions.ts has those of campaigns. They leave `updated_at`: it is when the steps were written. */

interface SequenceRef {
  workspaceId: string;
  sequenceId: string;
}

/** draft, paused → running. Null: it did not happen; else whether it was changed since it last began. */
export async function beginSequence(
  tx: TransactionSql,
  { workspaceId, sequenceId, userId }: SequenceRef & { userId: string },
): Promise<{ isChanged: boolean } | null> {
  const [started] = await tx<{ isChanged: boolean }[]>`
    update messaging.campaigns set status = 'running', status_reason = null, status_at = now(), paused_from = null,
      launched_at = now(), launched_by = ${userId}, recent = '[]'
    where workspace_id = ${workspaceId} and id = ${sequenceId} and kind = 'sequence'
      and status in ('draft', 'paused') and archived_at is null
    returning old.launched_at is null or old.updated_at > old.launched_at as "isChanged"`;
  return started ?? null;
}

/** running → paused, by a member. */
export async function holdRunning(
  sql: Handle,
  { workspaceId, sequenceId, reason }: SequenceRef & { reason: string },
): Promise<boolean> {
  const paused = await sql`
    update messaging.campaigns set status = 'paused', paused_from = 'running', status_at = now(), status_reason = ${reason}
    where workspace_id = ${workspaceId} and id = ${sequenceId} and kind = 'sequence' and status = 'running'
    returning id`;
  return paused.length > 0;
}

/** running, paused → cancelled. */
export async function endSequence(
  tx: TransactionSql,
  { workspaceId, sequenceId, reason }: SequenceRef & { reason: string },
): Promise<boolean> {
  const stopped = await tx`
    update messaging.campaigns set status = 'cancelled', paused_from = null, status_at = now(), finished_at = now(),
      status_reason = ${reason}
    where workspace_id = ${workspaceId} and id = ${sequenceId} and kind = 'sequence'
      and status in ('running', 'paused') returning id`;
  return stopped.length > 0;
}
