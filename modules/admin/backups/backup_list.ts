import { recordActivity } from "#auth";
import { enqueueJobs, readJob } from "#db";
import { decodeCursor, notFound, pageOf, type PageQuery, recognize, wrongCursor } from "#std";
import { backupJob, doneWords, interruptedWords } from "./backup_job.ts";
import { backupSettings, openPlace } from "./open_place.ts";
import type { BackupFile } from "./place.ts";
import type { BackupDeps } from "./settings.ts";

/** How backups are going. */
export interface BackupState {
  isOn: boolean;
  place: "disk" | "s3" | null;
  everyMinutes: number;
  isRunning: boolean;
  nextAt: string | null;
  /** The reason of the last failure; null without one. */
  problem: string | null;
  problemWords: ReturnType<typeof recognize>;
}

const noProblem = { problem: null, problemWords: null };
/** Texts of a job that will run again by plan. */
const noFailures = new Set([doneWords, interruptedWords]);

export async function readBackupState(on: Pick<BackupDeps, "sql" | "config">): Promise<BackupState> {
  const { backup } = on.config;
  if (!backup)
    return { isOn: false, place: null, everyMinutes: 0, isRunning: false, nextAt: null, ...noProblem };
  const job = await readJob(on, backupJob);
  return {
    isOn: true,
    place: backup.place.kind,
    everyMinutes: backup.everyMinutes,
    isRunning: job?.isRunning ?? false,
    nextAt: job ? job.runAt.toISOString() : null,
    ...(job?.lastError && !noFailures.has(job.lastError)
      ? { problem: job.lastError, problemWords: recognize(job.lastError) }
      : noProblem),
  };
}

/** Backups that were read back, newest first. Throws 422 `invalid-cursor`. */
export async function listBackups(
  on: Pick<BackupDeps, "config">,
  { limit = 50, cursor }: PageQuery,
): Promise<{ items: BackupFile[]; nextCursor: string | null }> {
  if (!on.config.backup) return { items: [], nextCursor: null };
  const [before] = cursor === undefined ? [] : decodeCursor(cursor, 1);
  if (before !== undefined && typeof before !== "string") throw wrongCursor();
  const files = await openPlace(on.config.backup).list();
  const rest = before === undefined ? files : files.filter(({ name }) => name < before);
  return pageOf(rest.slice(0, limit + 1), limit, (file) => [file.name]);
}

/** Requests a backup now; the process with the job makes it. Throws 409 `backups-off`. */
export async function askForBackup(on: Pick<BackupDeps, "sql" | "config">): Promise<void> {
  backupSettings(on);
  await on.sql.begin(async (tx) => {
    await enqueueJobs(tx, [backupJob]);
    await recordActivity(tx, { action: "backup.requested" });
  });
}

/** The encrypted file of a backup. 404 when there is none of this name. */
export async function serveBackup(on: Pick<BackupDeps, "sql" | "config">, name: string): Promise<Response> {
  const place = openPlace(backupSettings(on));
  const file = (await place.list()).find((one) => one.name === name);
  if (!file) throw notFound("backup");
  await recordActivity(on.sql, { action: "backup.downloaded", subject: { name } });
  return new Response(place.open(name), {
    headers: {
      "content-type": "application/octet-stream",
      "content-length": String(file.bytes),
      "content-disposition": `attachment; filename="${name}"`,
      "cache-control": "private, no-store",
    },
  });
}
