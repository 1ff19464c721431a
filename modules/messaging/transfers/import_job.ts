import { JobDelayed, type JobHandler } from "#db";
import { type LiveBus, parse } from "#std";
import { applyChunk } from "./import_apply.ts";
import { type ImportOptions, ImportOptions as Options } from "./import_options.ts";
import { dropFile, type ImportDeps, readImport } from "./import_read.ts";
import { outdated, transferHandler } from "./transfer_job.ts";
import { announceTransfer, endTransfer, type TransferRow } from "./transfer_store.ts";
import type { LiveEvent } from "../live_event.ts";

export type ImportJobDeps = ImportDeps & { live: LiveBus<LiveEvent> };

/** How long one turn of the job takes at most, so that others get theirs. */
const turnMs = 45_000;

/**
 * Reads a file into contact_import_rows and applies it in chunks. After a crash it goes on: with the next chunk, or
 * with the file from its beginning when that was not read to its end.
 */
export function importHandler(on: ImportJobDeps): JobHandler {
  return transferHandler(on, {
    maxAttempts: 4,
    remedy: "import",
    async run(row) {
      const options = parse(Options, row.options);
      if (row.fileKey === null || !options.ok) throw outdated();
      await importFile(on, row, options.value);
    },
  });
}

async function importFile(on: ImportJobDeps, row: TransferRow, options: ImportOptions): Promise<void> {
  const { workspaceId, id: transferId } = row;
  const lastLine = (await linesLeft(on, row, options)) ?? (await readLines(on, row, options));
  if (options.dryRun === true) {
    await countDryRun(on, { transferId, pageId: options.pageId ?? "" });
  } else {
    const end = performance.now() + turnMs;
    const applying = { workspaceId, transferId, pageId: options.pageId ?? "", lastLine };
    while (await applyChunk(on.sql, applying)) {
      await announceTransfer(on, workspaceId, transferId);
      if (performance.now() > end) throw new JobDelayed(0, "Goes on in its next turn");
    }
  }
  await endTransfer(on, { workspaceId, id: transferId, status: "done" });
}

/** The last line of a file that was read already; null when it has to be read, again after a crash of the database. */
async function linesLeft(
  on: ImportJobDeps,
  { id, progress }: TransferRow,
  { lastLine }: ImportOptions,
): Promise<number | null> {
  if (lastLine === undefined) return null;
  if (progress >= lastLine) return lastLine;
  const [left] = await on.sql`select 1 from messaging.contact_import_rows where transfer_id = ${id} limit 1`;
  return left ? lastLine : null;
}

async function readLines(on: ImportJobDeps, row: TransferRow, options: ImportOptions): Promise<number> {
  const { workspaceId, id: transferId } = row;
  const summary = await readImport(on, {
    workspaceId,
    transferId,
    fileKey: row.fileKey ?? "",
    options,
    async onProgress(counts) {
      await noteCounts(on, transferId, counts);
      await announceTransfer(on, workspaceId, transferId);
    },
  });
  await on.sql`
    update messaging.contact_transfers set error_file_key = ${summary.errorFileKey},
      counts = counts || ${JSON.stringify(summary.counts)}::jsonb,
      options = options || jsonb_build_object('lastLine', ${summary.lastLine}::int8)
    where id = ${transferId}`;
  await dropFile(on, row.errorFileKey);
  return summary.lastLine;
}

export async function noteCounts(
  on: Pick<ImportJobDeps, "sql">,
  transferId: string,
  counts: Record<string, number>,
): Promise<void> {
  await on.sql`update messaging.contact_transfers set counts = counts || ${JSON.stringify(counts)}::jsonb
    where id = ${transferId}`;
}

/** The changes that an import would make. */
async function countDryRun(
  on: ImportJobDeps,
  { transferId, pageId }: { transferId: string; pageId: string },
): Promise<void> {
  await on.sql`
    update messaging.contact_transfers as t set counts = t.counts || (
        select jsonb_build_object('made', count(*) filter (where c.id is null), 'changed', count(c.id))
        from messaging.contact_import_rows as r
        left join messaging.contacts as c on c.page_id = ${pageId}::uuid and c.psid = r.psid
        where r.transfer_id = t.id),
      options = t.options - 'lastLine'
    where t.id = ${transferId}`;
  await on.sql`delete from messaging.contact_import_rows where transfer_id = ${transferId}`;
}
