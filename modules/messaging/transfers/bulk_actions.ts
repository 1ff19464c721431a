import type postgres from "postgres";
import { relations } from "#auth";
import { notFound } from "#std";
import {
  type Actor,
  type Changed,
  checkTags,
  writeConsents,
  deleteContacts,
  type BulkAction,
} from "../contacts/mod.ts";
import { assign } from "../conversations/mod.ts";
import { problem } from "./problems.ts";
import { segmentDynamic } from "../segments/mod.ts";

export interface BulkStep {
  workspaceId: string;
  transferId: string;
  contactIds: readonly string[];
  action: BulkAction;
  by: Actor;
}

/**
 * Applies one action to many contacts in the caller's transaction, set-based, and stores the changes, so it can be
 * taken back. Answers for how many it changed something.
 */
export async function applyAction(
  tx: postgres.TransactionSql,
  step: BulkStep,
): Promise<{ changed: number; fileKeys: string[] }> {
  const { workspaceId, transferId, contactIds, action, by } = step;
  if ("delete" in action) {
    const { deleted, fileKeys } = await deleteContacts(tx, { workspaceId, contactIds, userId: by.userId });
    return { changed: deleted, fileKeys };
  }
  const changed = await change(tx, step, action);
  await tx`
    insert into messaging.contact_bulk_rows (transfer_id, contact_id, before)
    select ${transferId}, id, before from jsonb_to_recordset(${JSON.stringify(changed)}::jsonb) as v(id uuid, before jsonb)`;
  return { changed: changed.length, fileKeys: [] };
}

async function change(
  tx: postgres.TransactionSql,
  { workspaceId, contactIds, by }: BulkStep,
  action: Exclude<BulkAction, { delete: true }>,
): Promise<Changed[]> {
  const ids = [...contactIds];
  if ("addTags" in action)
    return await tx<Changed[]>`
      with added as (
        insert into messaging.contact_tags (workspace_id, page_id, contact_id, tag_id)
        select c.workspace_id, c.page_id, c.id, tag
        from messaging.contacts as c, unnest(${action.addTags}::uuid[]) as tag
        where c.workspace_id = ${workspaceId} and c.id = any(${ids}::uuid[]) order by c.id, tag
        on conflict do nothing returning contact_id, tag_id, tagged_at
      )
      ${tagsOf(tx, "added")}`;
  if ("removeTags" in action)
    return await tx<Changed[]>`
      with removed as (
        delete from messaging.contact_tags where workspace_id = ${workspaceId}
          and contact_id = any(${ids}::uuid[]) and tag_id = any(${action.removeTags}::uuid[])
        returning contact_id, tag_id, tagged_at
      )
      ${tagsOf(tx, "removed")}`;
  if ("subscribe" in action || "unsubscribe" in action) {
    const subscribed = "subscribe" in action;
    const { reason } = subscribed ? action.subscribe : action.unsubscribe;
    return await writeConsents(tx, { workspaceId, contactIds, subscribed, reason, by });
  }
  if ("assign" in action)
    return await tx<Changed[]>`
      with ${assign(
        tx,
        tx`select workspace_id, id, ${action.assign}::uuid as user_id from messaging.conversations
          where workspace_id = ${workspaceId} and id = any(${ids}::uuid[]) order by id for no key update`,
        { by: by.userId },
      )}
      select id, jsonb_build_object('from', from_id) as before from changed`;
  return await tx<Changed[]>`
    insert into messaging.segment_members (workspace_id, segment_id, contact_id, page_id)
    select workspace_id, ${action.addToSegment}::uuid, id, page_id from messaging.contacts
    where workspace_id = ${workspaceId} and id = any(${ids}::uuid[]) order by id
    on conflict do nothing returning contact_id as id, '{}'::jsonb as before`;
}

/** The contacts whose tags the statement's part `name` changed, with the time. */
function tagsOf(tx: postgres.TransactionSql, name: "added" | "removed"): postgres.Fragment {
  return tx`select contact_id as id, jsonb_build_object('tags',
      jsonb_agg(jsonb_build_object('id', tag_id, 'at', tagged_at))) as before
    from ${tx.unsafe(name)} group by contact_id`;
}

/** Checks that the action's references exist in the workspace, before it starts. */
export async function checkAction(sql: postgres.Sql, workspaceId: string, action: BulkAction): Promise<void> {
  if ("addTags" in action) await checkTags(sql, workspaceId, action.addTags);
  if ("removeTags" in action) await checkTags(sql, workspaceId, action.removeTags);
  if ("assign" in action && action.assign !== null) {
    const [member] = await sql`
      select from ${sql.unsafe(relations.activeMembers)} m
      where m.workspace_id = ${workspaceId} and m.user_id = ${action.assign}`;
    if (!member) throw problem("assignee-unknown");
  }
  if ("addToSegment" in action) {
    const [segment] = await sql<{ kind: string }[]>`select kind from messaging.segments
      where workspace_id = ${workspaceId} and id = ${action.addToSegment}`;
    if (!segment) throw notFound("segment");
    if (segment.kind !== "static") throw segmentDynamic();
  }
}
