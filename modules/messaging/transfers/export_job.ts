import { Type } from "@sinclair/typebox";
import type postgres from "postgres";
import { recordActivity } from "#auth";
import { enqueueJobs, type JobHandler } from "#db";
import { type LiveBus, log, parse } from "#std";
import {
  type ContactFilter,
  ContactFilterSchema,
  filterCondition,
  readFields,
  type CustomField,
} from "../contacts/mod.ts";
import { createFile } from "../media/mod.ts";
import { type Cell, writeCsv, writeXlsx } from "../sheets/mod.ts";
import { exportCells, exportColumns, type ExportRow, contactsAfter } from "./export_rows.ts";
import { ExportFormat, type Transfer } from "./schema_transfers.ts";
import { outdated, transferHandler } from "./transfer_job.ts";
import { announceTransfer, endTransfer, insertTransfer, readTransfer } from "./transfer_store.ts";
import type { LiveEvent } from "../live_event.ts";

export interface ExportDeps {
  sql: postgres.Sql;
  live: LiveBus<LiveEvent>;
  config: { dataDir: string };
}

export const exportJob = "contacts.export";

/** People per read. */
const chunk = 5_000;

const Options = Type.Object({ filter: ContactFilterSchema, format: ExportFormat });

export interface NewExport {
  workspaceId: string;
  userId: string;
  filter: ContactFilter;
  format: ExportFormat;
}

/** Begins an export of all that a filter finds; a job writes the file. */
export async function startExport(
  on: ExportDeps,
  { workspaceId, userId, filter, format }: NewExport,
): Promise<Transfer> {
  // Reports mistakes in the filter now, and not in the job.
  await filterCondition(on.sql, workspaceId, filter);
  const id = await on.sql.begin(async (tx) => {
    const made = await insertTransfer(tx, {
      workspaceId,
      kind: "export",
      status: "running",
      fileName: `contacts-${new Date().toISOString().slice(0, 10)}.${format}`,
      options: { filter, format },
      byUserId: userId,
    });
    await enqueueJobs(tx, [{ kind: exportJob, key: made, payload: { workspaceId, transferId: made } }]);
    await recordActivity(tx, {
      action: "export.started",
      workspaceId,
      subject: { id: made },
      after: { format, filtered: Object.keys(filter).length > 0 },
    });
    return made;
  });
  log.info("Export of contacts asked for", { workspaceId, transferId: id, userId, format });
  return await readTransfer(on, workspaceId, id);
}

/** Writes an export's file, a few thousand people at a time. Begins anew after a crash. */
export function exportHandler(on: ExportDeps): JobHandler {
  return transferHandler(on, {
    maxAttempts: 4,
    remedy: "export",
    async run({ workspaceId, id: transferId, byUserId: userId, options: noted }) {
      const options = parse(Options, noted);
      if (!options.ok) throw outdated();
      const { fileKey, written } = await writeFile(on, { workspaceId, transferId, ...options.value });
      await on.sql`update messaging.contact_transfers set file_key = ${fileKey} where id = ${transferId}`;
      await endTransfer(on, { workspaceId, id: transferId, status: "done" });
      log.info("Contacts exported", { workspaceId, transferId, userId, written });
    },
  });
}

interface Writing {
  workspaceId: string;
  transferId: string;
  filter: ContactFilter;
  format: ExportFormat;
}

async function writeFile(on: ExportDeps, writing: Writing): Promise<{ fileKey: string; written: number }> {
  const fields = (await readFields(on, writing.workspaceId)).toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const columns = [...exportColumns, ...fields.map((field) => field.label)];
  const file = await createFile(on.config.dataDir);
  let written = 0;
  try {
    const rows = readRows(on, writing, { fields, onRows: (count) => (written += count) });
    const bytes = writing.format === "csv" ? writeCsv(rows, columns) : writeXlsx(rows, { columns });
    for await (const piece of bytes) await file.write(piece);
    return { fileKey: await file.finish(), written };
  } catch (error) {
    await file.abandon();
    throw error;
  }
}

/** All contacts of the filter in batches of rows; each stores its progress. */
async function* readRows(
  on: ExportDeps,
  { workspaceId, transferId, filter }: Writing,
  { fields, onRows }: { fields: readonly CustomField[]; onRows: (count: number) => number },
): AsyncGenerator<Cell[][]> {
  const { condition } = await filterCondition(on.sql, workspaceId, filter);
  for (let after: string | undefined; ;) {
    const contacts = contactsAfter(on.sql, { condition, after, limit: chunk });
    const rows: readonly ExportRow[] = await on.sql<ExportRow[]>`${contacts}`;
    yield rows.map((row) => exportCells(row, fields));
    const written = onRows(rows.length);
    await on.sql`update messaging.contact_transfers set counts = jsonb_build_object('written', ${written}::int8)
      where id = ${transferId}`;
    await announceTransfer(on, workspaceId, transferId);
    after = rows.at(-1)?.id;
    if (rows.length < chunk) return;
  }
}
