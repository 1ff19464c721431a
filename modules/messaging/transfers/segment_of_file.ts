import type { Sql, TransactionSql } from "postgres";
import { and, eq, sql } from "drizzle-orm";
import { type JobHandler, orm } from "#db";
import { contactTransfers } from "#db/messaging";
import { parse } from "#std";
import { checkNewSegment, insertSegment } from "../segments/mod.ts";
import { createErrorFile } from "./error_file.ts";
import { type ImportJobDeps, noteCounts } from "./import_job.ts";
import { ImportOptions, segmentOfFileJob } from "./import_options.ts";
import { copyFile, dropFile } from "./import_read.ts";
import type { SegmentOfFile, Transfer } from "./schema_transfers.ts";
import { outdated, transferHandler } from "./transfer_job.ts";
import {
  announceTransfer,
  beginImport,
  readTransfer,
  readTransferRow,
  type TransferRow,
} from "./transfer_store.ts";
import { problem, say } from "./problems.ts";

/** Lines of the file per statement. */
const chunk = 50_000;

/**
 * Begins to make a static segment of the people whom an uploaded file names by PSID. Throws 422 `mapping-invalid`, 409
 * `import-started`, and what making the segment would throw.
 */
export async function startSegmentOfFile(
  on: { sql: Sql },
  { workspaceId, id, column, name }: SegmentOfFile & { workspaceId: string; id: string },
): Promise<Transfer> {
  const row = await readTransferRow(on, workspaceId, id);
  const options = parse(ImportOptions, row.options);
  if (row.kind !== "import" || row.fileKey === null || !options.ok) throw started();
  const { columns, delimiter, bytes } = options.value;
  if (!columns.includes(column)) throw problem("psid-column-missing", { column });
  await checkNewSegment(on, workspaceId, name);
  const hasBegun = await beginImport(
    on,
    { workspaceId, id },
    {
      job: segmentOfFileJob,
      options: { columns, delimiter, bytes, mapping: { [column]: "psid" }, segmentName: name.trim() },
      recorded: { segment: name.trim() },
      // The changes of a failed import can be undone, which needs its lines.
      when: sql`${contactTransfers.status} in ('uploaded', 'failed')
        and coalesce((${contactTransfers.counts} ->> 'applied')::int8, 0) = 0`,
    },
  );
  if (!hasBegun) throw started();
  return await readTransfer(on, workspaceId, id);
}

const started = () => problem("file-used");

/** Reads the file into contact_import_rows, and makes the segment with all its people in one transaction. */
export function segmentOfFileHandler(on: ImportJobDeps): JobHandler {
  return transferHandler(on, {
    maxAttempts: 4,
    remedy: "segment",
    run: (row) => makeSegment(on, row),
  });
}

async function makeSegment(on: ImportJobDeps, row: TransferRow): Promise<void> {
  const { workspaceId, id: transferId, fileKey, byUserId } = row;
  const options = parse(ImportOptions, row.options);
  if (fileKey === null || !options.ok || options.value.segmentName === undefined) throw outdated();
  const { segmentName: name } = options.value;
  const errors = createErrorFile(on.config.dataDir, options.value.columns);
  let errorFileKey: string | null = null;
  try {
    const { counts, lastLine } = await copyFile(
      on,
      {
        workspaceId,
        transferId,
        fileKey,
        options: options.value,
        async onProgress(progress) {
          await noteCounts(on, transferId, progress);
          await announceTransfer(on, workspaceId, transferId);
        },
      },
      errors,
    );
    await on.sql.begin(async (tx) => {
      const segment = await insertSegment(tx, { workspaceId, name, kind: "static", createdBy: byUserId });
      const placing = { workspaceId, transferId, segmentId: segment.id };
      let lines = 0;
      let unmatched = 0;
      for (let after = 0; after < lastLine; after += chunk) {
        const placed = await placeLines(tx, { ...placing, after });
        for (const { line, psid } of placed.lost)
          await errors.add(line, [], say("line-psid-unknown", { psid }));
        lines += placed.lines;
        unmatched += placed.lost.length;
      }
      // Another process, which took this one for dead, began anew with the file.
      if (lines !== counts.read - counts.refused)
        throw new Error("Cannot make a segment: its lines are gone");
      errorFileKey = await errors.finish();
      await orm(tx)
        .update(contactTransfers)
        .set({
          status: "done",
          finishedAt: sql`now()`,
          errorFileKey,
          counts: { ...counts, matched: lines - unmatched, unmatched },
          options: { ...options.value, segmentId: segment.id },
        })
        .where(and(eq(contactTransfers.workspaceId, workspaceId), eq(contactTransfers.id, transferId)));
    });
  } catch (error) {
    if (errorFileKey === null) await errors.abandon();
    else await dropFile(on, errorFileKey);
    throw error;
  }
  await on.sql`delete from messaging.contact_import_rows where transfer_id = ${transferId}`;
  await dropFile(on, row.errorFileKey);
  await announceTransfer(on, workspaceId, transferId);
}

/** Puts the people of the next lines into the segment, from every page that knows the PSID. */
async function placeLines(
  tx: TransactionSql,
  {
    workspaceId,
    transferId,
    segmentId,
    after,
  }: { workspaceId: string; transferId: string; segmentId: string; after: number },
): Promise<{ lines: number; lost: { line: number; psid: string }[] }> {
  const [placed] = await tx<{ lines: number; lost: { line: number; psid: string }[] }[]>`
    with r as materialized (
      select line, psid from messaging.contact_import_rows
      where transfer_id = ${transferId}::uuid and line > ${after}::int4 and line <= ${after + chunk}::int4
    ), found as materialized (
      select r.line, c.id, c.page_id from r join messaging.pages as p on p.workspace_id = ${workspaceId}::uuid
      join messaging.contacts as c on c.page_id = p.id and c.psid = r.psid
    ), put as (
      insert into messaging.segment_members (workspace_id, segment_id, contact_id, page_id)
      select ${workspaceId}::uuid, ${segmentId}::uuid, id, page_id from found order by id
    )
    select (select count(*)::int4 from r) as lines, coalesce((
      select jsonb_agg(jsonb_build_object('line', line, 'psid', psid) order by line) from r
      where not exists (select from found where found.line = r.line)), '[]') as lost`;
  return placed ?? { lines: 0, lost: [] };
}
