import { fileURLToPath } from "node:url";
import { type MigrationMeta, readMigrationFiles } from "drizzle-orm/migrator";
import postgres from "postgres";
import { log } from "#std";
import { noticeDeath, settings, tryLock } from "./client.ts";
import { buildIndexes, isIndexMigration } from "./migrate_indexes.ts";

/** The folder of the migrations; beside the bundle in the image. */
export const migrationsFolder: string = fileURLToPath(new URL("./migrations", import.meta.url));

const lockKey = 7_305_112_029;
/** The lock of versions up to 0.2.0, which hold it while they migrate. */
const formerLockKey = 7_305_112_026;
const lockPollMs = 100;
const retryMs = 10_000;

export interface MigrateOptions {
  folder?: string | undefined;
  /** Returns when nothing but index builds is left to do. */
  leavesIndexes?: boolean;
  /** Closes the connection. Postgres continues an index build, and the next run finds its result. */
  signal?: AbortSignal;
}

/**
 * Migrates the database to the newest schema. Concurrent processes wait for each other; each migration runs once, in
 * order. Those between two index migrations share one transaction; an index migration runs outside, and writes
 * continue during it. Returns whether all is done; false only with `leavesIndexes`. Throws for a database that is not
 * UTF8.
 */
export async function migrate(url: string, options: MigrateOptions = {}): Promise<boolean> {
  const { folder = migrationsFolder, leavesIndexes = false, signal } = options;
  const migrations = readMigrationFiles({ migrationsFolder: folder });
  let isLocked = false;
  const sql = postgres(url, {
    max: 1,
    connect_timeout: 5,
    onnotice: () => undefined,
    connection: settings({
      application_name: "messagesender migrate",
      statement_timeout: 0,
      lock_timeout: 0,
    }),
    // The lock ends with the connection.
    onclose: () => {
      isLocked = false;
    },
  });
  const close = () => void sql.end({ timeout: 0 });
  signal?.addEventListener("abort", close, { once: true });
  try {
    await mustKeepUtf8(sql);
    await noticeDeath(sql);
    for (;;) {
      signal?.throwIfAborted();
      const pending = await readPending(sql, migrations);
      const [next] = pending;
      if (!next) return true;
      if (leavesIndexes && pending.every(isIndexMigration)) return false;
      if (!isLocked) {
        isLocked = await tryLock(sql, lockKey);
        if (!isLocked) await Bun.sleep(lockPollMs);
      } else if (isIndexMigration(next)) {
        await buildIndexes(sql, next);
        await record(sql, next);
      } else await runTransaction(sql, migrations);
    }
  } finally {
    signal?.removeEventListener("abort", close);
    await sql.end({ timeout: 5 });
  }
}

/** Builds in the background the indexes that migrate() with `leavesIndexes` left, and retries after a failure. */
export function finishMigrating(
  url: string,
  { folder }: Pick<MigrateOptions, "folder"> = {},
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const woken = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => woken.resolve());
  async function run(): Promise<void> {
    while (!signal.aborted) {
      try {
        await migrate(url, { folder, signal });
        return;
      } catch (error) {
        if (signal.aborted) return;
        log.error("Cannot build indexes; trying again", { error });
        await Promise.race([Bun.sleep(retryMs), woken.promise]);
      }
    }
  }
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function mustKeepUtf8(sql: postgres.Sql): Promise<void> {
  const [row] = await sql<{ server_encoding: string }[]>`show server_encoding`;
  if (row?.server_encoding !== "UTF8")
    throw new Error(
      `Cannot migrate: the database keeps text as ${row?.server_encoding}, and messages need UTF8. Make it anew with encoding 'UTF8' template template0`,
    );
}

async function readPending(
  sql: postgres.Sql | postgres.TransactionSql,
  migrations: readonly MigrationMeta[],
): Promise<MigrationMeta[]> {
  const [table] = await sql<{ oid: string | null }[]>`
    select to_regclass('drizzle.__drizzle_migrations')::text as oid`;
  if (!table?.oid) return [...migrations];
  const [last] = await sql<{ at: string | null }[]>`
    select max(created_at)::text as at from drizzle.__drizzle_migrations`;
  return migrations.filter(({ folderMillis }) => folderMillis > Number(last?.at ?? 0));
}

/** Runs the migrations before the next index migration, all or none. */
async function runTransaction(sql: postgres.Sql, migrations: readonly MigrationMeta[]): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${formerLockKey})`;
    // In the format of Drizzle's own migrator, which earlier versions read.
    await tx`create schema if not exists drizzle`;
    await tx`create table if not exists drizzle.__drizzle_migrations (
      id serial primary key, hash text not null, created_at bigint)`;
    for (const migration of await readPending(tx, migrations)) {
      if (isIndexMigration(migration)) break;
      for (const statement of migration.sql) await tx.unsafe(statement);
      await record(tx, migration);
    }
  });
}

async function record(
  sql: postgres.Sql | postgres.TransactionSql,
  { hash, folderMillis }: MigrationMeta,
): Promise<void> {
  await sql`insert into drizzle.__drizzle_migrations (hash, created_at) values (${hash}, ${folderMillis})`;
}
