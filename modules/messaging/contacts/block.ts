import type postgres from "postgres";
import { endWaiting } from "../delivery/mod.ts";
import { problem } from "./problems.ts";

export interface BlockChange {
  blocked?: boolean | undefined;
  blockOnFacebook?: boolean | undefined;
}

/**
 * Blocks or unblocks a contact here, and stores the request to Facebook. Messages that campaigns and sequences had
 * planned for a blocked contact is cancelled. Throws 422 `block-on-facebook` when the change contradicts itself.
 */
export async function writeBlock(
  tx: postgres.TransactionSql,
  { workspaceId, id, by }: { workspaceId: string; id: string; by: { userId: string } },
  { blocked, blockOnFacebook }: BlockChange,
): Promise<void> {
  if (blockOnFacebook !== undefined && blocked !== true) throw problem("block-on-facebook");
  if (blocked === undefined) return;
  const [changed] = await tx<{ wasBlocked: boolean }[]>`
    update messaging.contacts c set
      blocked_at = case when ${blocked} then coalesce(c.blocked_at, now()) end,
      facebook_block = coalesce(asked.state, c.facebook_block),
      facebook_block_at = case when asked.state is null then c.facebook_block_at else clock_timestamp() end,
      facebook_block_by = case when asked.state is null then c.facebook_block_by else ${by.userId}::uuid end,
      facebook_block_error = case when asked.state is null then c.facebook_block_error end
    from (select id, case
        when ${blockOnFacebook === true} and facebook_block is distinct from 'blocked' then 'block_wanted'
        when not ${blocked} and facebook_block is not null then 'unblock_wanted' end as state
      from messaging.contacts where workspace_id = ${workspaceId} and id = ${id}) asked
    where c.workspace_id = ${workspaceId} and c.id = asked.id
    returning old.blocked_at is not null as "wasBlocked"`;
  if (changed === undefined || changed.wasBlocked === blocked) return;
  await tx`
    insert into messaging.events (workspace_id, page_id, conversation_id, key, kind, actor_user_id, data, at)
    select workspace_id, page_id, id, 'block:' || gen_random_uuid(), 'block', ${by.userId}::uuid,
      jsonb_build_object('blocked', ${blocked}::bool), now()
    from messaging.conversations where workspace_id = ${workspaceId} and id = ${id}`;
  if (blocked) await cancelPlanned(tx, workspaceId, id);
}

/**
 * Without waiting: the policy refuses rows that are claimed at this moment. Rows that are delayed for
 * comparison are never due, and stay as they are.
 */
async function cancelPlanned(tx: postgres.TransactionSql, workspaceId: string, id: string): Promise<void> {
  await tx`
    with active as materialized (
      select id from messaging.enrolments where contact_id = ${id} and workspace_id = ${workspaceId}
        and status = 'active' for update skip locked)
    update messaging.enrolments e set status = 'exited', exit_reason = 'blocked', ended_at = clock_timestamp()
    from active where e.id = active.id`;
  await endWaiting(
    tx,
    tx`
    select id, 'skipped' as state, 'blocked' as reason from messaging.deliveries
    where workspace_id = ${workspaceId} and contact_id = ${id} and campaign_id is not null and state = 'queued'
      and (due_at is null or due_at < 'infinity')
    order by id for update skip locked`,
  );
}
