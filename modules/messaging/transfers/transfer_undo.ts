import { recordActivity } from "#auth";
import type { Sql } from "postgres";
import { enqueueJobs } from "#db";
import { log } from "#std";
import type { Actor } from "../contacts/mod.ts";
import { bulkUndoJob, importUndoJob } from "./import_options.ts";
import type { Transfer } from "./schema_transfers.ts";
import { keptDays } from "./transfer_retention.ts";
import { readTransfer, readTransferRow } from "./transfer_store.ts";
import { problem } from "./problems.ts";

/**
 * Starts the undo of an import or a bulk action; a repeated request changes nothing. Throws 409
 * `not-undoable` if it is not over, deleted people, or is older than seven days.
 */
export async function startUndo(
  on: { sql: Sql },
  { workspaceId, id, by }: { workspaceId: string; id: string; by: Actor },
): Promise<Transfer> {
  const { kind } = await readTransferRow(on, workspaceId, id);
  const undoneBy = JSON.stringify({ undoneBy: { userId: by.userId, name: by.name } });
  const isBegun = await on.sql.begin(async (tx) => {
    const begun = await tx`
      update messaging.contact_transfers as t
      set status = 'running', options = options || ${undoneBy}::jsonb, finished_at = null
      where workspace_id = ${workspaceId} and id = ${id} and status in ('done', 'failed')
        and coalesce(options ->> 'dryRun', 'false') <> 'true'
        and created_at > now() - make_interval(days => ${keptDays})
        and case kind
          when 'import' then exists (
            select from messaging.contact_import_rows as r where r.transfer_id = t.id and r.contact_id is not null)
          when 'bulk' then exists (select from messaging.contact_bulk_rows as r where r.transfer_id = t.id)
          else false end
      returning 1`;
    if (begun.length === 0) return false;
    await recordActivity(tx, { action: "transfer.undone", workspaceId, subject: { id }, after: { kind } });
    await enqueueJobs(tx, [
      {
        kind: kind === "bulk" ? bulkUndoJob : importUndoJob,
        key: id,
        payload: { workspaceId, transferId: id },
      },
    ]);
    return true;
  });
  const transfer = await readTransfer(on, workspaceId, id);
  if (isBegun) log.info("Work on contacts is taken back", { workspaceId, transferId: id, userId: by.userId });
  else if (transfer.undoneBy === null) throw problem("not-undoable", { days: keptDays });
  return transfer;
}
