import type { Sql } from "postgres";
import { deleteDemoWorkspace, recordActivity, readDemoWorkspaceId } from "#auth";
import { deleteJobsOf } from "#db";
import { removeFile } from "../media/mod.ts";
import { demoFileKeys } from "./demo_files.ts";

export interface RemoveDemoDeps {
  sql: Sql;
  config: { dataDir: string };
}

/**
 * Removes the demo workspace with all its rows, files, jobs and colleagues. Files go first: after a crash the workspace
 * is still there, and can be removed again. Without a demo it only looks for files that an interrupted one left.
 */
export async function removeDemo({ sql, config }: RemoveDemoDeps): Promise<void> {
  const workspaceId = await readDemoWorkspaceId(sql);
  const own = workspaceId === null ? [] : await readFileKeys(sql, workspaceId);
  for (const key of [...demoFileKeys, ...own]) await removeFile(config.dataDir, key);
  if (workspaceId === null) return;
  await sql.begin(async (tx) => {
    // Children before parents: a cascade would look for them row by row.
    await tx`delete from messaging.contact_import_rows r using messaging.contact_transfers t
      where t.id = r.transfer_id and t.workspace_id = ${workspaceId}`;
    await tx`delete from messaging.contact_bulk_rows r using messaging.contact_transfers t
      where t.id = r.transfer_id and t.workspace_id = ${workspaceId}`;
    await tx`delete from messaging.deliveries where workspace_id = ${workspaceId}`;
    await tx`delete from messaging.messages where workspace_id = ${workspaceId}`;
    await tx`delete from messaging.conversations where workspace_id = ${workspaceId}`;
    await tx`delete from messaging.contacts where workspace_id = ${workspaceId}`;
    await tx`delete from messaging.campaigns where workspace_id = ${workspaceId}`;
    await deleteJobsOf(tx, workspaceId);
    if (await deleteDemoWorkspace(tx, workspaceId))
      await recordActivity(tx, { action: "demo.removed", workspaceId, subject: { id: workspaceId } });
  });
}

/** Rows that users added to the demo. */
async function readFileKeys(sql: Sql, workspaceId: string): Promise<string[]> {
  const rows = await sql<{ key: string }[]>`
    select file_key as key from messaging.attachments where workspace_id = ${workspaceId} and file_key is not null
    union select file_key from messaging.media_files where workspace_id = ${workspaceId}
    union select picture_key from messaging.contacts where workspace_id = ${workspaceId} and picture_key is not null
    union select unnest(array[file_key, error_file_key]) from messaging.contact_transfers where workspace_id = ${workspaceId}`;
  return rows.flatMap(({ key }) => key ?? []);
}
