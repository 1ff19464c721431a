import { migrate } from "#db";
import { UsageError } from "./usage.ts";
import { readConfig } from "../config.ts";

/** Migrates the database and ends: the first step of an update, before processes are replaced. */
export async function migrateCommand(): Promise<void> {
  const { databaseUrl, version } = readConfig(process.env);
  if (databaseUrl === null)
    throw new UsageError(
      "Cannot migrate: DATABASE_URL is not set. The embedded database is migrated at each start",
    );
  await migrate(databaseUrl);
  process.stdout.write(`The database has the schema of version ${version}\n`);
}
