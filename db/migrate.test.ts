import { type ChildProcess, spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { migrate } from "#db";
import { until } from "../modules/std/testing.ts";
import {
  createWebhookHarness,
  pageFacebookId,
  psid,
  type WebhookHarness,
} from "../modules/webhooks/testing.ts";
import { finishMigrating, migrationsFolder } from "./migrate.ts";

const slow = `CREATE INDEX CONCURRENTLY "slow_index" ON "messaging"."conversations" USING btree ("preview_text");`;

let harness: WebhookHarness;
let folder: string;
let children: ChildProcess[];
beforeEach(async () => {
  harness = await createWebhookHarness();
  folder = await mkdtemp(join(tmpdir(), "ms-migrations-"));
  await cp(migrationsFolder, folder, { recursive: true });
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await harness.close();
  await rm(folder, { recursive: true, force: true });
});

/** Adds migrations after all others. */
async function addMigrations(...texts: string[]): Promise<void> {
  const path = join(folder, "meta/_journal.json");
  const journal = JSON.parse(await readFile(path, "utf8"));
  for (const [n, text] of texts.entries()) {
    const entry = { idx: 9_000 + n, version: "7", when: 9e12 + n, tag: `9${n}_test`, breakpoints: true };
    journal.entries.push(entry);
    await writeFile(join(folder, `${entry.tag}.sql`), text);
  }
  await writeFile(path, JSON.stringify(journal));
}

/** A separate process that migrates, to be killed. */
function startMigrating(): ChildProcess {
  const script = `import { migrate } from ${JSON.stringify(join(import.meta.dirname, "migrate.ts"))};
    await migrate(${JSON.stringify(harness.database.url)}, { folder: ${JSON.stringify(folder)} })`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "ignore", "inherit"] });
  children.push(child);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  child.kill("SIGKILL");
  await ended;
}

async function readIndex(): Promise<{ oid: number; isValid: boolean } | undefined> {
  const [found] = await harness.database.sql<{ oid: number; isValid: boolean }[]>`
    select indexrelid::int8::int4 as oid, indisvalid as "isValid" from pg_index
    where indexrelid = to_regclass('messaging.slow_index')`;
  return found;
}

async function countRecords(): Promise<number> {
  const [row] = await harness.database.sql<{ n: number }[]>`
    select count(*)::int4 as n from drizzle.__drizzle_migrations where created_at >= 9000000000000`;
  return row?.n ?? 0;
}

/** Stops an index build in the middle while `work` runs, like the build of a large table. */
async function duringBuild(work: () => Promise<void>): Promise<void> {
  await harness.database.sql.begin(async (tx) => {
    await tx`lock table messaging.conversations in row exclusive mode`;
    await work();
  });
}

const isBuilding = async () => (await readIndex())?.isValid === false;

test("migrate() is idempotent when several processes start at once", async () => {
  await addMigrations("create table auth.first ();", slow, "create table auth.second ();");
  const { url } = harness.database;

  await Promise.all(Array.from({ length: 4 }, () => migrate(url, { folder })));

  expect(await countRecords()).toBe(3);
  expect(await readIndex()).toMatchObject({ isValid: true });
});

test("migrate() builds an index while webhooks are stored, and a start does not wait for it", async () => {
  await addMigrations(slow);
  const { url, sql } = harness.database;

  await duringBuild(async () => {
    startMigrating();
    await until("the index build", isBuilding, 20_000);
    await harness.send({
      sender: { id: psid },
      recipient: { id: pageFacebookId },
      timestamp: Date.now(),
      message: { mid: "m_while_building", text: "While an index is built" },
    });
    expect(await sql`select text from messaging.messages`).toEqual([{ text: "While an index is built" }]);
    expect(await migrate(url, { folder, leavesIndexes: true })).toBe(false);
    expect(await isBuilding()).toBe(true);
  });

  expect(await migrate(url, { folder })).toBe(true);
  expect(await readIndex()).toMatchObject({ isValid: true });
  expect(await countRecords()).toBe(1);
});

test("migrate() rebuilds an index that a database crash left unfinished", async () => {
  await addMigrations(slow);
  const { url, sql } = harness.database;
  await duringBuild(async () => {
    const child = startMigrating();
    await until("the index build", isBuilding, 20_000);
    await kill(child);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'messagesender migrate'`;
  });
  const left = await readIndex();

  await migrate(url, { folder });

  const built = await readIndex();
  expect(left).toMatchObject({ isValid: false });
  expect(built).toMatchObject({ isValid: true });
  expect(built?.oid).not.toBe(left?.oid);
  expect(await countRecords()).toBe(1);
});

test("migrate() waits for the index of a killed process that Postgres still builds", async () => {
  await addMigrations(slow);
  const { url } = harness.database;
  let left: Awaited<ReturnType<typeof readIndex>>;
  let next: Promise<boolean> | undefined;
  await duringBuild(async () => {
    const child = startMigrating();
    await until("the index build", isBuilding, 20_000);
    await kill(child);
    left = await readIndex();
    next = migrate(url, { folder });
  });

  await next;

  expect(await readIndex()).toEqual({ oid: left?.oid, isValid: true });
  expect(await countRecords()).toBe(1);
});

test("finishMigrating() stops at once in the middle of a build", async () => {
  await addMigrations(slow);

  await duringBuild(async () => {
    const finishing = finishMigrating(harness.database.url, { folder });
    await until("the index build", isBuilding, 20_000);
    await finishing.stop();
    expect(await isBuilding()).toBe(true);
  });

  expect(await countRecords()).toBe(0);
  expect(await migrate(harness.database.url, { folder })).toBe(true);
});

test("migrate() refuses a migration that builds an index concurrently among other changes", async () => {
  await addMigrations(`create table auth.first ();--> statement-breakpoint\n${slow}`);

  await expect(migrate(harness.database.url, { folder })).rejects.toThrow("in a migration of their own");
});

test("since 0.2.0 migrations build an index in their transaction only for tables that they create", async () => {
  const files = [...new Bun.Glob("*.sql").scanSync(migrationsFolder)].filter((name) => name > "0048");
  const texts = await Promise.all(files.map((name) => readFile(join(migrationsFolder, name), "utf8")));

  const inside = texts.flatMap((text) => {
    const made = new Set([...text.matchAll(/create table ("\w+"\."\w+")/gi)].map(([, table]) => table));
    return [...text.matchAll(/create index (?!concurrently)"(\w+)" on ("\w+"\."\w+")/gi)]
      .filter(([, , table]) => !made.has(table))
      .map(([, name]) => name);
  });

  // Add `.concurrently()` to the index in db/tables, and make a separate migration for it.
  expect(inside).toEqual([]);
});

test("migrate() refuses a database with another encoding before it creates anything", async () => {
  const { url, sql } = harness.database;
  const other = new URL(url);
  other.pathname = "/other_encoding";
  await sql`create database other_encoding encoding 'SQL_ASCII' locale 'C' template template0`;
  try {
    await expect(migrate(other.href)).rejects.toThrow("need UTF8");
  } finally {
    await sql`drop database other_encoding`;
  }
});

test("the schema prevents references into another workspace", async () => {
  const { sql } = harness.database;
  const [a, b] = await sql`insert into auth.workspaces (name) values ('A'), ('B') returning id`;
  const [page] = await sql`insert into messaging.pages (workspace_id, facebook_id, name, status, token_sealed)
    values (${a?.id}, '1', 'Page', 'connected', 'x') returning id`;

  const stranger = sql`insert into messaging.contacts (workspace_id, page_id, psid) values (${b?.id}, ${page?.id}, '7')`;

  await expect(stranger).rejects.toThrow(/foreign key/);
});
