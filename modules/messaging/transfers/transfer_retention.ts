import type postgres from "postgres";
import { enqueueJobs, type Handle, JobDelayed, type JobHandler } from "#db";
import { log } from "#std";
import { removeFile } from "../media/mod.ts";

/** Files of imports and exports, and what imports and bulk actions replaced, are kept for so many days. */
export const keptDays = 7;

export const transferRetentionJob = "contacts.transfers_keep";

const daySeconds = 24 * 3_600;
const rowsPerDelete = 50_000;

/** Makes sure that it runs; asking again only moves the next time earlier. */
export async function scheduleTransferRetention(on: { sql: Handle }): Promise<void> {
  await enqueueJobs(on.sql, [{ kind: transferRetentionJob, key: "all", afterSeconds: daySeconds }]);
}

/** Once a day: deletes the files and rows of old transfers; the records of their changes stay. */
export function transferRetentionHandler(on: { sql: postgres.Sql; config: { dataDir: string } }): JobHandler {
  return {
    async run() {
      // Keys first out of the rows: a file is never named after it is gone.
      const rows = await on.sql<{ keys: (string | null)[] }[]>`
        update messaging.contact_transfers as t set file_key = null, error_file_key = null
        where created_at < now() - make_interval(days => ${keptDays}) and status <> 'running'
          and (file_key is not null or error_file_key is not null)
        returning array[old.file_key, old.error_file_key] as keys`;
      const keys = rows.flatMap((row) => row.keys).filter((key) => key !== null);
      for (const key of keys) await removeFile(on.config.dataDir, key);
      const deleted =
        (await deleteOldRows(on.sql, "contact_import_rows")) +
        (await deleteOldRows(on.sql, "contact_bulk_rows"));
      if (keys.length + deleted > 0)
        log.info("Forgot old imports and exports", { files: keys.length, rows: deleted });
      throw new JobDelayed(daySeconds, "Done; again tomorrow");
    },
  };
}

async function deleteOldRows(
  sql: postgres.Sql,
  name: "contact_import_rows" | "contact_bulk_rows",
): Promise<number> {
  const table = sql.unsafe(`messaging.${name}`);
  let deleted = 0;
  for (;;) {
    const gone = await sql`
      delete from ${table} where ctid = any (array(
        select r.ctid from ${table} as r
        left join messaging.contact_transfers as t on t.id = r.transfer_id
        where t.id is null or (t.created_at < now() - make_interval(days => ${keptDays}) and t.status <> 'running')
        limit ${rowsPerDelete}))`;
    deleted += gone.count;
    if (gone.count < rowsPerDelete) return deleted;
  }
}
