import { enqueueJobs, JobDelayed, type JobHandler } from "#db";
import { makeBackup } from "./make_backup.ts";
import type { BackupDeps } from "./settings.ts";

export const backupJob = { kind: "admin.backup", key: "all" };
export const doneWords = "Done; again when it is time";
export const interruptedWords = "Interrupted by a stop";

/** Schedules backups at the interval, without a new one at each start. */
export async function scheduleBackups(on: BackupDeps): Promise<void> {
  const { backup } = on.config;
  if (!backup || backup.everyMinutes === 0) return;
  await enqueueJobs(on.sql, [{ ...backupJob, afterSeconds: backup.everyMinutes * 60 }]);
}

/** The job that makes backups. `signal` aborts a running one; another process then starts it again. */
export function backupHandlers(on: BackupDeps, signal: AbortSignal): Record<string, JobHandler> {
  const { backup } = on.config;
  if (!backup) return {};
  return {
    [backupJob.kind]: {
      // A full disk may stay full for days; retry within the hour, without end.
      maxAttempts: 1_000_000,
      async run() {
        try {
          await makeBackup(on, { signal });
        } catch (error) {
          if (signal.aborted) throw new JobDelayed(0, interruptedWords);
          throw error;
        }
        if (backup.everyMinutes > 0) throw new JobDelayed(backup.everyMinutes * 60, doneWords);
      },
    },
  };
}
