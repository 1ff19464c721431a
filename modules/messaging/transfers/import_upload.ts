import type { Sql } from "postgres";
import { recordActivity } from "#auth";
import { sql } from "drizzle-orm";
import { contactTransfers } from "#db/messaging";
import { parse } from "#std";
import { readFields, readTags } from "../contacts/mod.ts";
import { createFile, openFile, removeFile } from "../media/mod.ts";
import { type Delimiter, delimiterOf, readCsv } from "../sheets/mod.ts";
import { createRowReader } from "./import_mapping.ts";
import { importJob, ImportOptions } from "./import_options.ts";
import type { ImportStart, Transfer, Uploaded } from "./schema_transfers.ts";
import { beginImport, insertTransfer, readTransfer, readTransferRow } from "./transfer_store.ts";
import { problem } from "./problems.ts";

interface UploadDeps {
  sql: Sql;
  config: { dataDir: string };
}

/** A file of contacts may have so many bytes: several million lines. */
const mostImportBytes = 500 * 1024 * 1024;

interface Upload {
  workspaceId: string;
  userId: string;
  fileName: string;
  body: ReadableStream<Uint8Array> | null;
}

/** Takes a CSV file in as it comes, without ever holding it, and reads its first lines. */
export async function uploadImport(
  on: UploadDeps,
  { workspaceId, userId, fileName, body }: Upload,
): Promise<Uploaded> {
  const file = await createFile(on.config.dataDir);
  let bytes = 0;
  try {
    for await (const piece of body ?? []) {
      if (bytes === 0 && isSpreadsheet(piece)) throw problem("not-csv");
      if (bytes === 0 && isUtf16(piece)) throw problem("not-utf8");
      bytes += piece.byteLength;
      if (bytes > mostImportBytes) throw problem("file-too-large");
      await file.write(piece);
    }
    if (bytes === 0) throw problem("file-empty");
  } catch (error) {
    await file.abandon();
    throw error;
  }
  const fileKey = await file.finish();
  try {
    const { delimiter, columns, sample } = await readHead(on.config.dataDir, fileKey);
    const id = await on.sql.begin(async (tx) => {
      const made = await insertTransfer(tx, {
        workspaceId,
        kind: "import",
        status: "uploaded",
        fileName,
        fileKey,
        options: { columns, delimiter, bytes },
        byUserId: userId,
      });
      await recordActivity(tx, {
        action: "import.uploaded",
        workspaceId,
        subject: { id: made, name: fileName },
        after: { bytes },
      });
      return made;
    });
    return { transfer: await readTransfer(on, workspaceId, id), columns, sample, chosen: null };
  } catch (error) {
    await removeFile(on.config.dataDir, fileKey);
    throw error;
  }
}

/** How XLSX (a ZIP archive) and the older XLS begin. */
function isSpreadsheet([first, second]: Uint8Array): boolean {
  return (first === 0x50 && second === 0x4b) || (first === 0xd0 && second === 0xcf);
}

/** How what spreadsheets call Unicode text begins. */
function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** An uploaded file with its choices so far. Throws 409 `import-gone` without a file to import. */
export async function readUpload(on: UploadDeps, workspaceId: string, id: string): Promise<Uploaded> {
  const row = await readTransferRow(on, workspaceId, id);
  const options = parse(ImportOptions, row.options);
  if (row.kind !== "import" || row.fileKey === null || !options.ok) throw problem("import-gone");
  const { mapping, pageId, addTagIds = [] } = options.value;
  const { columns, sample } = await readHead(on.config.dataDir, row.fileKey);
  const chosen = mapping === undefined || pageId === undefined ? null : { mapping, pageId, addTagIds };
  return { transfer: await readTransfer(on, workspaceId, id), columns, sample, chosen };
}

async function readHead(
  dataDir: string,
  fileKey: string,
): Promise<{ delimiter: Delimiter; columns: string[]; sample: string[][] }> {
  const file = openFile(dataDir, fileKey);
  const delimiter = delimiterOf(await file.slice(0, 65_536).text());
  const lines: string[][] = [];
  for await (const { cells } of readCsv(file.stream(), { delimiter })) {
    if (lines.push(cells) === 6) break;
  }
  const [columns = [], ...sample] = lines;
  if (sample.length === 0) throw problem("file-without-lines");
  if (columns.length > 200) throw problem("too-many-columns", { most: 200 });
  return { delimiter, columns: columnNames(columns), sample };
}

/** Names to tell the columns apart by: spreadsheets write columns without a name, and two of one name. */
function columnNames(heads: readonly string[]): string[] {
  const names: string[] = [];
  for (const [place, head] of heads.entries()) {
    const given = head.replaceAll("\u0000", "").trim() || `Column ${place + 1}`;
    let name = given;
    for (let turn = 2; names.includes(name); turn += 1) name = `${given} (${turn})`;
    names.push(name);
  }
  return names;
}

/** Begins an import or its dry run. Throws 422 `mapping-invalid`, 409 `import-started`. */
export async function startImport(
  on: UploadDeps,
  { workspaceId, id, ...start }: ImportStart & { workspaceId: string; id: string },
): Promise<Transfer> {
  const row = await readTransferRow(on, workspaceId, id);
  const options = parse(ImportOptions, row.options);
  if (row.kind !== "import" || !options.ok) throw started();
  const { columns, delimiter, bytes } = options.value;
  const [fields, tags] = await Promise.all([readFields(on, workspaceId), readTags(on, workspaceId)]);
  const addTagIds = start.addTagIds ?? [];
  if (addTagIds.some((tagId) => !tags.some((tag) => tag.id === tagId))) throw problem("import-tag-unknown");
  // Reports mistakes in the mapping now and not in the job.
  createRowReader({ columns, mapping: start.mapping, fields, tags, addTagIds });
  const hasBegun = await beginImport(
    on,
    { workspaceId, id },
    {
      job: importJob,
      options: { columns, delimiter, bytes, ...start, addTagIds },
      recorded: { dryRun: start.dryRun ?? false, pageId: start.pageId },
      when: sql`(${contactTransfers.status} in ('uploaded', 'failed')
          or (${contactTransfers.status} = 'done' and ${contactTransfers.options} ->> 'dryRun' = 'true'))
        and exists (select from messaging.pages where workspace_id = ${workspaceId} and id = ${start.pageId})`,
    },
  );
  if (!hasBegun) throw started();
  return await readTransfer(on, workspaceId, id);
}

const started = () => problem("import-started");
