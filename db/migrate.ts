import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate as runMigrations } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import { noticeDeath } from "./client.ts";

/** Where the migrations are; beside the bundle in the image. */
export const migrationsFolder: string = fileURLToPath(new URL("./migrations", import.meta.url));
const lockKey = 7_305_112_026;

/**
 * Brings the database to the newest schema. Processes that start together wait for each other; each migration
 * runs once. Migrations only go forward. Throws for a database whose text is not UTF8.
 */
export async function migrate(url: string, folder: string = migrationsFolder): Promise<void> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => undefined });
  try {
    const [row] = await sql<{ server_encoding: string }[]>`show server_encoding`;
    if (row?.server_encoding !== "UTF8")
      throw new Error(
        `Cannot migrate: the database keeps text as ${row?.server_encoding}, and messages need UTF8. Make it anew with encoding 'UTF8' template template0`,
      );
    await noticeDeath(sql);
    await sql`select pg_advisory_lock(${lockKey})`;
    await runMigrations(drizzle(sql), { migrationsFolder: folder });
  } finally {
    // The lock ends with the connection.
    await sql.end({ timeout: 5 });
  }
}
