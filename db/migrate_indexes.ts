import type { MigrationMeta } from "drizzle-orm/migrator";
import type postgres from "postgres";
import { log } from "#std";

/** As drizzle-kit writes it for `index(…).concurrently()`. */
const build = /^\s*CREATE INDEX CONCURRENTLY "(\w+)" ON ("(\w+)"\."\w+")/;
/** Builds of smaller tables are too short for a log line. */
const largeBytes = 16 * 1024 * 1024;

/**
 * Whether a migration does nothing but build indexes concurrently. Throws for one that does this among other things:
 * Postgres builds such an index outside of a transaction only, and the rest belongs into one.
 */
export function isIndexMigration({ sql: statements }: MigrationMeta): boolean {
  const builds = statements.filter((statement) => build.test(statement)).length;
  if (builds > 0 && builds < statements.length)
    throw new Error(
      `Cannot migrate: a migration builds ${builds} of its ${statements.length} changes concurrently. Make concurrent indexes in a migration of their own`,
    );
  return builds > 0;
}

/** Builds the missing indexes of an index migration, and rebuilds one of a killed build. */
export async function buildIndexes(sql: postgres.Sql, migration: MigrationMeta): Promise<void> {
  for (const statement of migration.sql) {
    const [, name, table = "", schema] = build.exec(statement) ?? [];
    const index = `"${schema}"."${name}"`;
    const [found] = await sql<{ isValid: boolean }[]>`
      select indisvalid as "isValid" from pg_index where indexrelid = to_regclass(${index})`;
    if (found?.isValid) continue;
    // Of no use to reads, and each write pays for it.
    if (found) await sql.unsafe(`drop index concurrently ${index}`);
    const [size] = await sql<{ isLarge: boolean }[]>`
      select pg_relation_size(to_regclass(${table})) > ${largeBytes} as "isLarge"`;
    const startedAt = performance.now();
    if (size?.isLarge) log.info("Building an index; writes go on meanwhile", { index: name });
    await sql.unsafe(statement);
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    if (size?.isLarge) log.info("Built an index", { index: name, seconds });
  }
}
