import { pruneLogins } from "#auth";
import { type Database, enqueueJobs, JobDelayed, type JobHandler } from "#db";
import { pruneMails } from "#mail";
import { pruneMessaging } from "#messaging";
import { log } from "#std";

const kind = "admin.prune";
const daySeconds = 24 * 3_600;

/** Schedules the daily deletion of expired data; another call only runs it now. */
export async function schedulePruning(on: Pick<Database, "sql">): Promise<void> {
  await enqueueJobs(on.sql, [{ kind, key: "all" }]);
}

/** Deletes expired data. The raw webhook log has its own job, by partitions. */
export function pruningHandlers(
  on: Pick<Database, "sql"> & { config: { dataDir: string } },
): Record<string, JobHandler> {
  return {
    [kind]: {
      async run() {
        const logins = await pruneLogins(on);
        const mails = await pruneMails(on);
        const others = await pruneMessaging(on);
        log.info("Deleted what was past keeping", { ...logins, mails, ...others });
        throw new JobDelayed(daySeconds, "Done; again tomorrow");
      },
    },
  };
}
