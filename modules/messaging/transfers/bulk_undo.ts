import type postgres from "postgres";
import { relations } from "#auth";
import { JobDelayed, type JobHandler } from "#db";
import { parse } from "#std";
import type { Actor, BulkAction } from "../contacts/mod.ts";
import { assign } from "../conversations/mod.ts";
import { BulkOptions, type BulkDeps } from "./bulk.ts";
import { outdated, transferHandler } from "./transfer_job.ts";
import { announceTransfer, endTransfer } from "./transfer_store.ts";

const chunk = 2_000;
const turnMs = 45_000;

/**
 * Undoes a bulk action in chunks; each deletes its undo rows in the same transaction. Restores only changed contacts,
 * and only values not changed since.
 */
export function bulkUndoHandler(on: BulkDeps): JobHandler {
  return transferHandler(on, {
    remedy: "undo",
    undoes: true,
    async run({ workspaceId, id: transferId, options: noted }) {
      const options = parse(BulkOptions, noted);
      if (!options.ok) throw outdated();
      const { action, by, undoneBy = by } = options.value;
      const end = performance.now() + turnMs;
      while (await undoChunk(on.sql, { workspaceId, transferId, action, by: undoneBy })) {
        await announceTransfer(on, workspaceId, transferId);
        if (performance.now() > end) throw new JobDelayed(0, "Goes on in its next turn");
      }
      await endTransfer(on, { workspaceId, id: transferId, status: "undone" });
    },
  });
}

interface Undoing {
  workspaceId: string;
  transferId: string;
  action: BulkAction;
  by: Actor;
}

async function undoChunk(sql: postgres.Sql, undoing: Undoing): Promise<boolean> {
  const { transferId } = undoing;
  return await sql.begin(async (tx) => {
    const contacts = await tx<{ id: string }[]>`
      select contact_id as id from messaging.contact_bulk_rows where transfer_id = ${transferId}
      order by contact_id limit ${chunk} for update`;
    if (contacts.length === 0) return false;
    const ids = contacts.map(({ id }) => id);
    const rows = tx`(select * from messaging.contact_bulk_rows
      where transfer_id = ${transferId} and contact_id = any(${ids}::uuid[])) as r`;
    await restore(tx, undoing, rows);
    await tx`delete from messaging.contact_bulk_rows
      where transfer_id = ${transferId} and contact_id = any(${ids}::uuid[])`;
    await tx`update messaging.contact_transfers set counts = counts || jsonb_build_object(
        'undone', coalesce((counts ->> 'undone')::int8, 0) + ${ids.length}::int8) where id = ${transferId}`;
    return true;
  });
}

/** The previous values of the rows `r`. */
async function restore(
  tx: postgres.TransactionSql,
  { workspaceId, action, by }: Undoing,
  rows: postgres.Fragment,
): Promise<void> {
  if ("addTags" in action) {
    // With its time: a tag removed and added again is the member's.
    await tx`delete from messaging.contact_tags as t
      using ${rows}, jsonb_to_recordset(r.before -> 'tags') as v(id uuid, at timestamptz)
      where t.workspace_id = ${workspaceId} and t.contact_id = r.contact_id and t.tag_id = v.id and t.tagged_at = v.at`;
  } else if ("removeTags" in action) {
    // With its time, so that it triggers nothing a second time.
    await tx`
      insert into messaging.contact_tags (workspace_id, page_id, contact_id, tag_id, tagged_at)
      select c.workspace_id, c.page_id, c.id, g.id, v.at
      from ${rows} cross join lateral jsonb_to_recordset(r.before -> 'tags') as v(id uuid, at timestamptz)
      join messaging.contacts as c on c.workspace_id = ${workspaceId} and c.id = r.contact_id
      join messaging.tags as g on g.workspace_id = c.workspace_id and g.id = v.id
      order by c.id, g.id on conflict do nothing`;
  } else if ("subscribe" in action || "unsubscribe" in action) {
    await restoreConsents(tx, { workspaceId, by }, rows);
  } else if ("assign" in action) {
    await restoreAssignees(tx, { workspaceId, by, to: action.assign }, rows);
  } else if ("addToSegment" in action) {
    await tx`delete from messaging.segment_members as m using ${rows}
      where m.workspace_id = ${workspaceId} and m.segment_id = ${action.addToSegment} and m.contact_id = r.contact_id`;
  }
}

/** The contact's own later choice takes precedence. */
async function restoreConsents(
  tx: postgres.TransactionSql,
  { workspaceId, by }: Pick<Undoing, "workspaceId" | "by">,
  rows: postgres.Fragment,
): Promise<void> {
  const why = `Taken back by ${by.name}`;
  await tx`
    with changed as (
      update messaging.contacts as c set subscribed = not c.subscribed, subscription_reason = r.before ->> 'reason',
        subscription_at = (r.before ->> 'at')::timestamptz
      from ${rows}
      where c.workspace_id = ${workspaceId} and c.id = r.contact_id
        and c.subscription_at = (r.before ->> 'changedAt')::timestamptz
      returning c.id, c.page_id, c.psid, c.subscribed, r.before
    ), line as (
      insert into messaging.events (workspace_id, page_id, conversation_id, key, kind, actor_user_id, data, at)
      select ${workspaceId}::uuid, changed.page_id, changed.id, 'consent:' || gen_random_uuid(), 'consent',
        ${by.userId}::uuid, jsonb_build_object('subscribed', changed.subscribed, 'reason', ${why}::text), now()
      from changed join messaging.conversations as v
        on v.workspace_id = ${workspaceId} and v.id = changed.id and v.page_id = changed.page_id
    )
    insert into messaging.suppressions (workspace_id, page_id, psid, reason, by_user_id, created_at)
    select ${workspaceId}::uuid, changed.page_id, changed.psid, s.reason, u.id, s.created_at
    from changed cross join lateral jsonb_to_record(nullif(changed.before -> 'lifted', 'null'))
      as s(reason text, by_user_id uuid, created_at timestamptz)
    left join ${tx.unsafe(relations.users)} as u on u.id = s.by_user_id
    where s.reason is not null
    order by changed.page_id, changed.psid on conflict do nothing`;
}

/** A later assignment stays; former members get nothing back. */
async function restoreAssignees(
  tx: postgres.TransactionSql,
  { workspaceId, by, to }: Pick<Undoing, "workspaceId" | "by"> & { to: string | null },
  rows: postgres.Fragment,
): Promise<void> {
  await tx`
    with ${assign(
      tx,
      tx`select ${workspaceId}::uuid as workspace_id, r.contact_id as id, m.user_id from ${rows}
        left join ${tx.unsafe(relations.members)} as m
          on m.workspace_id = ${workspaceId} and m.user_id = (r.before ->> 'from')::uuid`,
      { by: by.userId, from: to },
    )}
    select count(*) from changed`;
}
