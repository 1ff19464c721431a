import { recordActivity } from "#auth";
import { Type } from "@sinclair/typebox";
import type postgres from "postgres";
import { enqueueJobs, JobDelayed, type JobHandler } from "#db";
import { type LiveBus, parse, Uuid } from "#std";
import {
  type Actor,
  ContactFilterSchema,
  filterCondition,
  BulkActionSchema,
  type BulkRequest,
} from "../contacts/mod.ts";
import { removeFile } from "../media/mod.ts";
import { applyAction, checkAction } from "./bulk_actions.ts";
import type { Transfer } from "./schema_transfers.ts";
import { outdated, transferHandler } from "./transfer_job.ts";
import { announceTransfer, insertTransfer, readTransfer, type TransferRow } from "./transfer_store.ts";
import type { LiveEvent } from "../live_event.ts";

export interface BulkDeps {
  sql: postgres.Sql;
  live: LiveBus<LiveEvent>;
  config: { dataDir: string };
}

export const bulkJob = "contacts.bulk";

/** People per transaction: short enough for brief locks. */
const chunk = 2_000;
/** How long one turn of the job takes at most; its lease is longer. */
const turnMs = 45_000;

const Person = Type.Object({ userId: Uuid, name: Type.String() });

/**
 * The content of contact_transfers.options for a bulk action; without a filter it applied to selected contacts at
 * once.
 */
export const BulkOptions = Type.Object({
  filter: Type.Optional(ContactFilterSchema),
  action: BulkActionSchema,
  by: Person,
  undoneBy: Type.Optional(Person),
});

/**
 * One action to picked people at once, or to the whole result of a filter by a job that goes through it in chunks. The
 * transfer is its record, which can be undone. Throws if the action or the filter names something that does not
 * exist.
 */
export async function startBulk(
  on: BulkDeps,
  { workspaceId, by, request }: { workspaceId: string; by: Actor; request: BulkRequest },
): Promise<{ changed: number; transfer: Transfer }> {
  const { action } = request;
  await checkAction(on.sql, workspaceId, action);
  const who = { userId: by.userId, name: by.name };
  if ("contactIds" in request) {
    const { contactIds } = request;
    const { id, changed, fileKeys } = await on.sql.begin(async (tx) => {
      const transferId = Bun.randomUUIDv7();
      const done = await applyAction(tx, { workspaceId, transferId, contactIds, action, by });
      await tx`
        insert into messaging.contact_transfers (id, workspace_id, kind, status, file_name, options, counts, by_user_id,
          finished_at)
        values (${transferId}, ${workspaceId}, 'bulk', 'done', '', ${JSON.stringify({ action, by: who })}::jsonb,
          ${JSON.stringify({ seen: contactIds.length, changed: done.changed })}::jsonb, ${by.userId}, now())`;
      await recordActivity(tx, {
        ...bulkActivity,
        workspaceId,
        subject: { id: transferId },
        after: { action: nameOf(action), count: done.changed },
      });
      return { ...done, id: transferId };
    });
    await removeFiles(on, fileKeys);
    await announceTransfer(on, workspaceId, id);
    return { changed, transfer: await readTransfer(on, workspaceId, id) };
  }
  // Reports mistakes in the filter now, and not in the job.
  await filterCondition(on.sql, workspaceId, request.filter);
  const id = await on.sql.begin(async (tx) => {
    const made = await insertTransfer(tx, {
      workspaceId,
      kind: "bulk",
      status: "running",
      fileName: "",
      options: { filter: request.filter, action, by: who },
      byUserId: by.userId,
    });
    await enqueueJobs(tx, [{ kind: bulkJob, key: made, payload: { workspaceId, transferId: made } }]);
    await recordActivity(tx, {
      ...bulkActivity,
      workspaceId,
      subject: { id: made },
      after: { action: nameOf(action), filtered: true },
    });
    return made;
  });
  return { changed: 0, transfer: await readTransfer(on, workspaceId, id) };
}

const bulkActivity = { action: "contact.bulk-changed" } as const;

const nameOf = (action: BulkRequest["action"]) => Object.keys(action)[0] ?? null;

/** Goes through a filter's result, chunk by chunk; each chunk and how far it came are one transaction. */
export function bulkHandler(on: BulkDeps): JobHandler {
  return transferHandler(on, {
    remedy: "bulk",
    async run(row) {
      const end = performance.now() + turnMs;
      while (await doChunk(on, row)) {
        await announceTransfer(on, row.workspaceId, row.id);
        if (performance.now() > end) throw new JobDelayed(0, "Goes on in its next turn");
      }
      await announceTransfer(on, row.workspaceId, row.id);
    },
  });
}

/** False when nothing is left to do. */
async function doChunk(
  on: BulkDeps,
  { workspaceId, id: transferId, options: noted }: TransferRow,
): Promise<boolean> {
  const options = parse(BulkOptions, noted);
  if (!options.ok) throw outdated();
  const { filter = {}, action, by } = options.value;
  const { condition } = await filterCondition(on.sql, workspaceId, filter);
  const { isMore, fileKeys } = await on.sql.begin(async (tx) => {
    const [held] = await tx<{ after: string | null }[]>`
      select after_id as after from messaging.contact_transfers
      where workspace_id = ${workspaceId} and id = ${transferId} and status = 'running'
        and not options ? 'undoneBy' for update`;
    if (!held) return { isMore: false, fileKeys: [] };
    const contacts = await tx<{ id: string }[]>`
      select c.id from messaging.contacts as c
      where ${condition} and c.id > coalesce(${held.after}::uuid, '00000000-0000-0000-0000-000000000000')
      order by c.id limit ${chunk}`;
    const contactIds = contacts.map(({ id }) => id);
    const done = await applyAction(tx, { workspaceId, transferId, contactIds, action, by });
    const isFull = contacts.length === chunk;
    await tx`
      update messaging.contact_transfers set after_id = coalesce(${contactIds.at(-1) ?? null}::uuid, after_id),
        counts = jsonb_build_object('seen', coalesce((counts ->> 'seen')::int8, 0) + ${contacts.length}::int8,
          'changed', coalesce((counts ->> 'changed')::int8, 0) + ${done.changed}::int8),
        status = ${isFull ? "running" : "done"}, finished_at = case when ${isFull} then null else now() end
      where id = ${transferId}`;
    return { isMore: isFull, fileKeys: done.fileKeys };
  });
  await removeFiles(on, fileKeys);
  return isMore;
}

export async function removeFiles(on: Pick<BulkDeps, "config">, fileKeys: readonly string[]): Promise<void> {
  for (const key of fileKeys) await removeFile(on.config.dataDir, key);
}
