import { makeBackup, restoreBackup } from "#admin";
import { recordActivity } from "#auth";
import { openDatabase } from "#db";
import { readConfig } from "../config.ts";
import { openSystem } from "../system.ts";
import { UsageError } from "./usage.ts";

/** Makes a backup, reads it back, and prints its name. */
export async function backupCommand(): Promise<void> {
  const system = await openSystem(readConfig(process.env));
  try {
    const { name, rows, files, seconds } = await makeBackup(system);
    await recordActivity(system.sql, { action: "backup.requested", subject: { name } });
    process.stdout.write(
      `Made ${name}: ${rows} rows and ${files} files in ${seconds} s, read back and complete\n`,
    );
  } finally {
    await system.close();
  }
}

/** Fills an empty database from a backup and prints its contents. */
export async function restoreCommand([which]: string[]): Promise<void> {
  if (!which) throw new UsageError("Say which backup: latest, its name, or the path of a file");
  const config = readConfig(process.env);
  const { databaseUrl } = config;
  if (databaseUrl === null)
    throw new UsageError("Cannot restore: DATABASE_URL is not set. Point it to an empty database");
  const startedAt = performance.now();
  const { name, madeAt, version, rows, files } = await restoreBackup({ config, databaseUrl }, which);
  const database = openDatabase(databaseUrl, { max: 1 });
  await recordActivity(database.sql, { action: "backup.restored", subject: { name }, after: { madeAt } });
  await database.close();
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  process.stdout.write(
    `Restored ${name}, made ${madeAt} by version ${version}: ${total} rows and ${files} files in ${seconds} s\n` +
      `  ${rows["messaging.contacts"] ?? 0} contacts, ${rows["messaging.messages"] ?? 0} messages\n`,
  );
}
