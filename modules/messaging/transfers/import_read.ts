import type postgres from "postgres";
import { log } from "#std";
import { readFields, readTags } from "../contacts/mod.ts";
import { openFile, removeFile } from "../media/mod.ts";
import { readCsv } from "../sheets/mod.ts";
import { createErrorFile, type ErrorFile } from "./error_file.ts";
import { createRowReader, type ImportRow } from "./import_mapping.ts";
import type { ImportOptions } from "./import_options.ts";
import { say } from "./problems.ts";

export interface ImportDeps {
  sql: postgres.Sql;
  config: { dataDir: string };
}

/** Lines per COPY, which is one statement with one time limit. */
const linesPerCopy = 10_000;

export interface Reading {
  workspaceId: string;
  transferId: string;
  fileKey: string;
  options: ImportOptions;
  /** Called now and then with how far it is. */
  onProgress(counts: Record<string, number>): Promise<void>;
}

export interface CopySummary {
  counts: { bytes: number; bytesRead: number; read: number; refused: number };
  /** Where the last record begins. */
  lastLine: number;
}

export interface ReadSummary extends CopySummary {
  errorFileKey: string | null;
}

/**
 * Reads the whole file once: good lines into contact_import_rows by COPY, refused ones with their reason into a file.
 * Holds ten thousand lines at most. Begins anew when it is called again after a crash.
 */
export async function readImport(on: ImportDeps, reading: Reading): Promise<ReadSummary> {
  const errors = createErrorFile(on.config.dataDir, reading.options.columns);
  try {
    const summary = await copyFile(on, reading, errors);
    return { ...summary, errorFileKey: await errors.finish() };
  } catch (error) {
    await errors.abandon();
    throw error;
  }
}

/** `readImport` with a file of refused lines that the caller continues. */
export async function copyFile(on: ImportDeps, reading: Reading, errors: ErrorFile): Promise<CopySummary> {
  const { workspaceId, transferId, fileKey, options } = reading;
  const { columns, delimiter, bytes, mapping = {}, addTagIds = [] } = options;
  const [fields, tags] = await Promise.all([readFields(on, workspaceId), readTags(on, workspaceId)]);
  const readRow = createRowReader({ columns, mapping, fields, tags, addTagIds });
  await on.sql`delete from messaging.contact_import_rows where transfer_id = ${transferId}`;
  let bytesRead = 0;
  let lastLine = 0;
  // The first record has the names of the columns.
  let read = -1;
  let good: string[] = [];
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, out) {
      bytesRead += piece.byteLength;
      out.enqueue(piece);
    },
  });
  const source = openFile(on.config.dataDir, fileKey).stream().pipeThrough(counted);
  for await (const { line, cells } of readCsv(source, { delimiter })) {
    lastLine = line;
    read += 1;
    if (read === 0) continue;
    const row = readRow(cells);
    if ("invalid" in row) await errors.add(line, cells, row.invalid);
    else good.push(copyLine(transferId, line, row));
    if (good.length < linesPerCopy) continue;
    await copy(on.sql, good);
    good = [];
    await reading.onProgress({ bytes, bytesRead, read, refused: errors.count() });
  }
  await copy(on.sql, good);
  // Postgres would otherwise take the table for empty, and compare each line with each.
  await on.sql`analyze messaging.contact_import_rows`;
  await refuseRepeated(on.sql, { transferId, errors });
  return {
    counts: { bytes, bytesRead, read: Math.max(0, read), refused: errors.count() },
    lastLine,
  };
}

/** A COPY in text format: tabs between, backslashes before what means something there. */
function copyLine(transferId: string, line: number, row: ImportRow): string {
  const { psid, firstName, lastName, locale, timezone, subscribed, tagIds, fields } = row;
  const cells = [
    transferId,
    String(line),
    psid,
    firstName,
    lastName,
    locale,
    timezone,
    subscribed === null ? null : String(subscribed),
    tagIds.length === 0 ? null : `{${tagIds.join(",")}}`,
    fields.length === 0 ? null : JSON.stringify(fields),
  ];
  return `${cells.map((cell) => (cell === null ? "\\N" : escaped(cell))).join("\t")}\n`;
}

const special = /[\\\t\n\r]/;
const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

function escaped(text: string): string {
  return special.test(text) ? text.replace(/[\\\t\n\r]/g, (character) => escapes[character] ?? "") : text;
}

async function copy(sql: postgres.Sql, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  // A transaction has its connection to itself: a statement that a full pool sends into a COPY would end both.
  await sql.begin(async (tx) => {
    const writable = await tx`copy messaging.contact_import_rows
      (transfer_id, line, psid, first_name, last_name, locale, timezone, subscribed, tag_ids, fields) from stdin`.writable();
    await new Promise<void>((done, fail) => {
      writable.on("error", fail);
      writable.on("finish", done);
      writable.end(Buffer.from(lines.join("")));
    });
  });
}

/** A person who comes twice in a file counts once, by the first line. */
async function refuseRepeated(
  sql: postgres.Sql,
  { transferId, errors }: { transferId: string; errors: ErrorFile },
): Promise<void> {
  for (;;) {
    const repeated = await sql<{ line: number; psid: string; first: number }[]>`
      with repeated as (
        select line, first from (
          select line, min(line) over (partition by psid) as first from messaging.contact_import_rows
          where transfer_id = ${transferId}) as l
        where line > first limit 20000
      )
      delete from messaging.contact_import_rows as r using repeated
      where r.transfer_id = ${transferId} and r.line = repeated.line
      returning r.line, r.psid, repeated.first`;
    for (const { line, psid, first } of repeated)
      await errors.add(line, [], say("line-psid-repeated", { psid, line: first }));
    if (repeated.length === 0) return;
  }
}

/** Removes a file that a new one takes the place of. */
export async function dropFile(on: ImportDeps, key: string | null): Promise<void> {
  if (key === null) return;
  await removeFile(on.config.dataDir, key).catch((error) => log.warn("Cannot remove a file", { error }));
}
