import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createZstdCompress } from "node:zlib";
import { checkDump, type DumpEnd, dumpDatabase } from "#db";
import { readFiles } from "#messaging";
import { log, sealStream } from "#std";
import { backupSettings, openPlace } from "./open_place.ts";
import { unpackBackup } from "./pack.ts";
import { backupName, type Place } from "./place.ts";
import { pastKeeping } from "./retention.ts";
import type { BackupDeps, BackupSettings } from "./settings.ts";
import { problem } from "./problems.ts";

export interface MadeBackup {
  name: string;
  rows: number;
  files: number;
  seconds: number;
}

type Deps = Pick<BackupDeps, "databaseUrl" | "clock" | "config">;

/**
 * Makes a backup, reads it back completely, and only then names it; then deletes expired ones. A failure leaves no
 * partial backup. Throws 409 `backups-off` or 507 `backup-place-full`.
 */
export async function makeBackup(on: Deps, { signal }: { signal?: AbortSignal } = {}): Promise<MadeBackup> {
  const settings = backupSettings(on);
  const place = openPlace(settings);
  const startedAt = performance.now();
  const name = backupName(on.clock(), randomBytes(2).toString("hex"));
  let end: DumpEnd;
  try {
    end = await write(on, { place, settings, name, ...(signal ? { signal } : {}) });
    const read = await checkDump(unpackBackup(settings.keyring, place.openDraft(name)));
    if (!Bun.deepEquals(read, end))
      throw new Error("Cannot keep the backup: it does not hold what was written");
    await place.publish(name);
  } catch (error) {
    await place
      .discard(name)
      .catch((cause) => log.warn("Cannot remove a half backup", { name, error: cause }));
    throw explain(error);
  }
  // The new backup exists: do not repeat it because an old one cannot be deleted.
  await deleteOld(on, { place, settings }).catch((error: unknown) =>
    log.error("Cannot delete old backups", { error }),
  );
  const rows = Object.values(end.rows).reduce((sum, count) => sum + count, 0);
  const files = end.files?.count ?? 0;
  const made = { name, rows, files, seconds: Math.round((performance.now() - startedAt) / 100) / 10 };
  log.info("Made a backup and read it back", { ...made });
  return made;
}

interface Writing {
  place: Place;
  settings: BackupSettings;
  name: string;
  signal?: AbortSignal;
}

/** Reads, packs, encrypts and writes as one stream with back pressure. The first failure ends all steps. */
async function write(on: Deps, { place, settings, name, signal }: Writing): Promise<DumpEnd> {
  const packed = createZstdCompress();
  // The consumer of the packed stream gets the error.
  packed.on("error", () => undefined);
  const stop = (error: unknown): never => {
    packed.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  };
  const writing = place.writeDraft(name, sealStream(settings.keyring, packed)).catch(stop);
  const dumping = dumpDatabase(
    on.databaseUrl,
    async (bytes) => {
      if (packed.destroyed) throw packed.errored ?? new Error("Nobody writes the backup any more");
      if (!packed.write(bytes)) await once(packed, "drain");
    },
    {
      version: on.config.version,
      ...(settings.hasFiles ? { files: readFiles(on.config.dataDir) } : {}),
      ...(signal ? { signal } : {}),
    },
  ).then((end) => {
    packed.end();
    return end;
  }, stop);
  const [dumped, written] = await Promise.allSettled([dumping, writing]);
  // An error of the dump ends the writing with the same message; an error of the writing ends the dump with
  // "aborted".
  if (written.status === "rejected") throw written.reason;
  if (dumped.status === "rejected") throw dumped.reason;
  return dumped.value;
}

async function deleteOld(
  on: Deps,
  { place, settings }: { place: Place; settings: BackupSettings },
): Promise<void> {
  const old = pastKeeping(await place.list(), { ...settings, now: on.clock() });
  for (const name of old) await place.remove(name);
  if (old.length > 0) log.info("Deleted old backups", { count: old.length });
}

function explain(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG")
    return problem("backup-place-full", {}, { cause: error });
  // A folder that cannot be made gives the last two.
  if (["EACCES", "EROFS", "EPERM", "ENOENT", "ENOTDIR"].includes(String(code)))
    return problem("backup-place-closed", {}, { cause: error });
  return error;
}
