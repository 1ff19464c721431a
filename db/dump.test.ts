import { randomBytes } from "node:crypto";
import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkDump, dumpDatabase, migrate, type Restored, restoreDatabase } from "#db";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

let source: TestDatabase;
const made: string[] = [];
beforeAll(async () => {
  source = await createTestDatabase();
  await source.sql`
    with place as (insert into auth.workspaces (name) values (${"Kaffee\t„Luna“\n\\N"}) returning id),
         page as (insert into messaging.pages (workspace_id, facebook_id, name, status, token_sealed)
           select id, '1', 'Bakery', 'connected', 'sealed' from place returning workspace_id, id)
    insert into messaging.contacts (workspace_id, page_id, psid)
    select workspace_id, id, n::text from page, generate_series(1, 20000) as n`;
  await source.sql`insert into jobs.jobs (kind, key, payload) values ('k', '1', ${JSON.stringify({ a: [null, "é"] })}::jsonb), ('k', '2', '{}')`;
  await source.sql`create table webhooks.raw_events_20261101 partition of webhooks.raw_events
    for values from ('2026-11-01') to ('2026-11-02')`;
  await source.sql`insert into webhooks.raw_events (received_at, page_facebook_id, kind, state, body)
    values ('2026-11-01T12:00:00Z', '1', 'message', 'stored', '{"a":1}'), ('2020-01-01', '1', 'message', 'failed', '')`;
});
afterAll(async () => {
  await source.close();
  await onServer(async (sql) => {
    for (const name of made) await sql.unsafe(`drop database if exists ${name} with (force)`);
  });
});

/** Rows from one statement or several on another database of the test server. */
async function on<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  return await work(sql).finally(() => sql.end());
}

const onServer = <T>(work: (sql: postgres.Sql) => Promise<T>) =>
  on(process.env.TEST_DATABASE_URL ?? "", work);

async function emptyDatabase(): Promise<string> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  made.push(name);
  await onServer((sql) => sql.unsafe(`create database ${name}`));
  const url = new URL(source.url);
  url.pathname = `/${name}`;
  return url.href;
}

async function dump(url: string = source.url): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  await dumpDatabase(url, async (bytes) => void parts.push(bytes), { version: "1.2.3" });
  return parts;
}

async function* streamOf(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

/** Of a dump without files. */
const restore = (url: string, parts: Uint8Array[]) =>
  restoreDatabase(url, streamOf(parts), async (name) => {
    throw new Error(`There is a file: ${name}`);
  });

/** Everything that a database is: rows by table, foreign keys, indexes, partitions, and the next job's id. */
const portrait = (url: string) =>
  on(url, async (sql) => {
    const tables = await sql<{ name: string }[]>`
      select oid::regclass::text as name from pg_class where relkind in ('r', 'p')
        and relnamespace::regnamespace::text in ('auth', 'jobs', 'messaging', 'webhooks') order by 1`;
    const rows: Record<string, unknown> = {};
    for (const { name } of tables)
      rows[name] = await sql.unsafe(
        `select count(*)::int4, md5(string_agg(t::text, '' order by t::text)) from ${name} t`,
      );
    const definitions = await sql`
      select pg_get_constraintdef(oid) as def from pg_constraint where connamespace::regnamespace::text <> 'pg_catalog'
      union all select pg_get_indexdef(indexrelid) from pg_index
        where not indrelid::regclass::text like 'pg\\_%' order by 1`;
    const [next] = await sql`select nextval('jobs.jobs_id_seq')`;
    return { rows, definitions, next };
  });

test("restoreDatabase() creates a database with the same rows, keys, indexes and sequences", async () => {
  const url = await emptyDatabase();

  const restored = await restore(url, await dump());

  expect(restored).toMatchObject({
    version: "1.2.3",
    rows: { "messaging.contacts": 20_000, "jobs.jobs": 2 },
  });
  expect(await portrait(url)).toEqual(await portrait(source.url));
});

test("restoreDatabase() refuses a database with a row or foreign tables, and leaves it unchanged", async () => {
  const used = await emptyDatabase();
  await migrate(used);
  await on(used, (sql) => sql`insert into auth.workspaces (name) values ('Mine')`);
  const foreign = await emptyDatabase();
  await on(foreign, (sql) => sql`create table theirs ()`);
  const parts = await dump();

  for (const url of [used, foreign])
    await expect(restore(url, parts)).rejects.toMatchObject({
      code: "database-not-empty",
      message: expect.stringContaining("already"),
    });

  expect(await on(used, (sql) => sql`select name from auth.workspaces`)).toEqual([{ name: "Mine" }]);
  expect(await on(foreign, (sql) => sql`select to_regclass('theirs')::text as name`)).toEqual([
    { name: "theirs" },
  ]);
});

test("restoreDatabase() fills the empty tables of a killed restore", async () => {
  const parts = await dump();
  const url = await emptyDatabase();
  await migrate(url);

  await restore(url, parts);

  expect(await portrait(url)).toEqual(await portrait(source.url));
});

test("restoreDatabase() fails as the second of two into one database", async () => {
  const parts = await dump();
  const url = await emptyDatabase();

  const [first, second] = await Promise.allSettled([restore(url, parts), restore(url, parts)]);

  const statuses = [first.status, second.status];
  expect(statuses.toSorted()).toEqual(["fulfilled", "rejected"]);
  const { rows } = await portrait(url);
  expect(rows).toEqual((await portrait(source.url)).rows);
});

test("restoreDatabase() leaves an empty database when the dump stops half-way", async () => {
  const parts = await dump();
  const url = await emptyDatabase();

  const restoring = restore(url, parts.slice(0, -2));

  await expect(restoring).rejects.toThrow("no proper end");
  // Empty as before: the whole dump fits.
  await expect(restore(url, parts)).resolves.toMatchObject({
    version: "1.2.3",
  } satisfies Partial<Restored>);
});

test("dumpDatabase() is a snapshot during concurrent writes and deletes", async () => {
  const url = await emptyDatabase();
  await restore(url, await dump());
  const before = await portrait(url);
  const parts: Uint8Array[] = [];
  let isTouched = false;

  await dumpDatabase(
    url,
    async (bytes) => {
      parts.push(bytes);
      if (isTouched) return;
      isTouched = true;
      // The head is out, and no row.
      await on(url, async (sql) => {
        await sql`delete from messaging.contacts where psid::int8 <= 5000`;
        await sql`insert into messaging.contacts (workspace_id, page_id, psid)
          select workspace_id, id, '20001' from messaging.pages`;
        await sql`update auth.workspaces set name = 'Another'`;
      });
    },
    { version: "1.2.3" },
  );

  const copy = await emptyDatabase();
  await restore(copy, parts);
  expect((await portrait(copy)).rows).toEqual(before.rows);
  expect((await portrait(url)).rows).not.toEqual(before.rows);
});

test("a dump with missing rows of a table is neither whole nor restored", async () => {
  const whole = await dump();
  // A frame for the name of a table, and one for its two rows.
  const name = whole.findIndex((frame) => Buffer.from(frame).subarray(5).toString() === "jobs.jobs");
  const lost = whole.toSpliced(name + 1, 1);
  const url = await emptyDatabase();

  await expect(checkDump(streamOf(lost))).rejects.toThrow("rows or files are missing");
  await expect(restore(url, lost)).rejects.toMatchObject({ code: "backup-incomplete" });
  await expect(checkDump(streamOf(whole))).resolves.toMatchObject({
    rows: { "jobs.jobs": 2 },
  });
  await expect(restore(url, whole)).resolves.toMatchObject({ version: "1.2.3" });
});

test("restoreDatabase() accepts a dump of an older schema and migrates it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ms-older-"));
  await cp("db/migrations", folder, { recursive: true });
  const journal = JSON.parse(await readFile(join(folder, "meta/_journal.json"), "utf8"));
  journal.entries = journal.entries.slice(0, 9);
  await writeFile(join(folder, "meta/_journal.json"), JSON.stringify(journal));
  const older = await emptyDatabase();
  await migrate(older, { folder });
  await on(older, (sql) => sql`insert into auth.workspaces (name) values ('From before')`);
  const parts = await dump(older);
  const url = await emptyDatabase();

  await restore(url, parts);

  const migrations = (at: string) =>
    on(at, (sql) => sql`select hash from drizzle.__drizzle_migrations order by id`);
  expect(await migrations(older)).toHaveLength(9);
  expect(await migrations(url)).toEqual(await migrations(source.url));
  expect(await on(url, (sql) => sql`select name from auth.workspaces`)).toEqual([{ name: "From before" }]);
});

test("restoreDatabase() refuses a dump of a newer version", async () => {
  const newer = await emptyDatabase();
  await migrate(newer);
  await on(
    newer,
    (sql) => sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('x', 9999999999999)`,
  );

  const restoring = restore(await emptyDatabase(), await dump(newer));

  await expect(restoring).rejects.toMatchObject({ code: "backup-too-new" });
});
