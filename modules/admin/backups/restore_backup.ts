import { type Restored, restoreDatabase } from "#db";
import { createFileAs } from "#messaging";
import { unpackBackup } from "./pack.ts";
import { backupSettings, openPlace } from "./open_place.ts";
import { timeOfName } from "./place.ts";
import type { BackupDeps } from "./settings.ts";
import { problem } from "./problems.ts";

/**
 * Fills an empty database from a backup: its name, `latest`, or the path of a file. Its files go to the data folder.
 * Throws Problems for a wrong key, file or database; the database then stays empty.
 */
export async function restoreBackup(
  { databaseUrl, config }: { databaseUrl: string; config: BackupDeps["config"] },
  which: string,
): Promise<Restored & { name: string }> {
  const settings = backupSettings({ config });
  const place = openPlace(settings);
  const files = await place.list();
  const name = which === "latest" ? files[0]?.name : which;
  if (name === undefined) throw problem("no-backup");
  const isListed = timeOfName(name) !== null && files.some((file) => file.name === name);
  if (!isListed && !(await Bun.file(name).exists())) throw problem("backup-missing", { name });
  const sealed = isListed ? place.open(name) : Bun.file(name).stream();
  const dump = unpackBackup(settings.keyring, sealed);
  const createFile = (key: string) => createFileAs(config.dataDir, key);
  return { name, ...(await restoreDatabase(databaseUrl, dump, createFile)) };
}
