import { pruneLogins } from "#auth";
import { type Database, enqueueJobs, JobDelayed, type JobHandler } from "#db";
import { pruneMessaging } from "#messaging";
import { log } from "#std";

const kind = "admin.prune";
const daySeconds = 24 * 3_600;

/** Makes sure that what is past keeping is deleted each day; asking again only does it now. */
export async function schedulePruning(on: Pick<Database, "sql">): Promise<void> {
  await enqueueJobs(on.sql, [{ kind, key: "all" }]);
}

/** The job that deletes what nobody may need any more. The raw webhook log has one of its own, by partitions. */
export function pruningHandlers(
  on: Pick<Database, "sql"> & { config: { dataDir: string } },
): Record<string, JobHandler> {
  return {
    [kind]: {
      async run() {
        const logins = await pruneLogins(on);
        const others = await pruneMessaging(on);
        log.info("Deleted what was past keeping", { ...logins, ...others });
        throw new JobDelayed(daySeconds, "Done; again tomorrow");
      },
    },
  };
}
