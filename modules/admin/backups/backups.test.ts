import { randomBytes } from "node:crypto";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readJob, startJobs } from "#db";
import { parseKeyring, systemClock } from "#std";
import { createTestDatabase, type TestDatabase } from "../../../db/testing.ts";
import { until } from "../../std/testing.ts";
import { backupHandlers, backupJob, interruptedWords, scheduleBackups } from "./backup_job.ts";
import { asActor, commandLine } from "#auth";
import { askForBackup, listBackups, readBackupState, serveBackup } from "./backup_list.ts";
import { makeBackup } from "./make_backup.ts";
import { restoreBackup } from "./restore_backup.ts";
import { pastKeeping } from "./retention.ts";
import type { BackupDeps, BackupSettings } from "./settings.ts";

const key = "0123456789abcdef".repeat(4);
const otherKey = "fedcba9876543210".repeat(4);
let database: TestDatabase;
const made: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  await database.sql`
    with place as (insert into auth.workspaces (name) values ('Luna Coffee') returning id),
         page as (insert into messaging.pages (workspace_id, facebook_id, name, status, token_sealed)
           select id, '1', 'Bakery', 'connected', 'sealed' from place returning workspace_id, id)
    insert into messaging.contacts (workspace_id, page_id, psid)
    select workspace_id, id, n::text from page, generate_series(1, 5000) as n`;
});
afterAll(async () => {
  await database.close();
  for (const name of made) await onServer(`drop database if exists ${name} with (force)`);
});

async function onServer(statement: string): Promise<void> {
  const sql = postgres(process.env.TEST_DATABASE_URL ?? "", { max: 1, onnotice: () => undefined });
  await sql.unsafe(statement).finally(() => sql.end());
}

async function emptyDatabase(): Promise<string> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  made.push(name);
  await onServer(`create database ${name}`);
  const url = new URL(database.url);
  url.pathname = `/${name}`;
  return url.href;
}

interface Given {
  on: BackupDeps;
  directory: string;
  dataDir: string;
}

async function given(settings: Partial<BackupSettings> = {}): Promise<Given> {
  const directory = await mkdtemp(join(tmpdir(), "ms-backups-"));
  const dataDir = await mkdtemp(join(tmpdir(), "ms-data-"));
  const backup: BackupSettings = {
    keyring: parseKeyring(key),
    place: { kind: "disk", directory },
    hasFiles: true,
    everyMinutes: 60,
    keepHours: 48,
    keepDays: 30,
    ...settings,
  };
  return {
    directory,
    dataDir,
    on: {
      sql: database.sql,
      databaseUrl: database.url,
      clock: systemClock,
      config: { version: "1.2.3", dataDir, backup },
    },
  };
}

const restore = async ({ on }: Given, which: string, backup: Partial<BackupSettings> = {}) => {
  const databaseUrl = await emptyDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), "ms-data-"));
  const config = { ...on.config, dataDir, backup: on.config.backup && { ...on.config.backup, ...backup } };
  return { databaseUrl, dataDir, restored: await restoreBackup({ config, databaseUrl }, which) };
};

test("a backup is listed, encrypted and downloaded unchanged, and restores every contact", async () => {
  const here = await given();

  const { name } = await makeBackup(here.on);

  const { items } = await listBackups(here.on, {});
  const bytes = await readFile(join(here.directory, name));
  const download = await asActor(commandLine, () => serveBackup(here.on, name));
  const { databaseUrl, restored } = await restore(here, "latest");
  const sql = postgres(databaseUrl, { max: 1 });
  const [there] = await sql`select count(*)::int4 as contacts from messaging.contacts`.finally(() =>
    sql.end(),
  );
  expect(items).toEqual([{ name, bytes: bytes.length, madeAt: expect.stringMatching(/Z$/) }]);
  expect(bytes.includes("Luna Coffee")).toBe(false);
  expect(Buffer.from(await download.arrayBuffer()).equals(bytes)).toBe(true);
  expect(restored).toMatchObject({ name, version: "1.2.3" });
  expect(there).toEqual({ contacts: 5_000 });
  await expect(serveBackup(here.on, "../../etc/passwd")).rejects.toMatchObject({ status: 404 });
});

test("a backup includes files, also large and empty ones, unless BACKUP_FILES is off; a restore restores them", async () => {
  const here = await given();
  const files: Record<string, Buffer> = {
    [`0a/${"1".repeat(30)}`]: randomBytes(3_000_000),
    [`0a/${"2".repeat(30)}`]: Buffer.alloc(0),
    [`ff/${"3".repeat(30)}`]: Buffer.from("a photo"),
  };
  const folder = join(here.dataDir, "files");
  for (const [name, bytes] of Object.entries(files)) await Bun.write(join(folder, name), bytes);
  // A partial file, and a file that is not ours.
  await Bun.write(join(folder, `ff/${"4".repeat(30)}.new`), "half");
  await Bun.write(join(folder, "notes.txt"), "mine");

  const made = await makeBackup(here.on);
  const { dataDir, restored } = await restore(here, made.name);
  const bare = await given({ hasFiles: false });

  expect(made.files).toBe(3);
  expect(restored.files).toBe(3);
  const names = await readdir(join(dataDir, "files"), { recursive: true });
  expect(names.toSorted()).toEqual([...Object.keys(files), "0a", "ff"].toSorted());
  for (const [name, bytes] of Object.entries(files))
    expect((await readFile(join(dataDir, "files", name))).equals(bytes)).toBe(true);
  await Bun.write(join(bare.dataDir, "files", `ff/${"3".repeat(30)}`), "a photo");
  expect((await makeBackup(bare.on)).files).toBe(0);
});

test("restoreBackup() refuses another key, a truncated or changed file, and a database with tables", async () => {
  const here = await given();
  const { name } = await makeBackup(here.on);
  const file = join(here.directory, name);
  const bytes = await readFile(file);

  await expect(restore(here, name, { keyring: parseKeyring(otherKey) })).rejects.toMatchObject({
    code: "backup-wrong-key",
    message: expect.stringContaining("BACKUP_KEY"),
  });
  await truncate(file, bytes.length - 20);
  await expect(restore(here, name)).rejects.toMatchObject({ code: "backup-cut-off" });
  await writeFile(file, bytes.with(bytes.length - 30, (bytes.at(-30) ?? 0) ^ 1));
  await expect(restore(here, name)).rejects.toMatchObject({ code: "backup-damaged" });
  await expect(
    restoreBackup({ config: here.on.config, databaseUrl: database.url }, name),
  ).rejects.toMatchObject({
    code: "database-not-empty",
  });
  await expect(restore(here, "nothing.backup")).rejects.toMatchObject({
    code: "backup-missing",
    status: 404,
  });
});

test("a full disk leaves no partial backup, and the command reports it", async () => {
  const { directory } = await given();
  // Much more than fits: the dump waits in the middle when writing ends.
  await mkdir(join(directory, "files/aa"), { recursive: true });
  await writeFile(join(directory, "files/aa", randomBytes(15).toString("hex")), randomBytes(8_000_000));
  const env = {
    ...process.env,
    DATABASE_URL: database.url,
    DATA_DIR: directory,
    BACKUP_KEY: key,
    BACKUP_TARGET: directory,
    LOG_LEVEL: "error",
  };

  // Files of this process may grow to a few thousand bytes and no further.
  const { status, stderr } = spawnSync(
    "sh",
    ["-c", `trap '' XFSZ; ulimit -f 16; exec "${process.execPath}" apps/server/cli.ts backup`],
    { env, encoding: "utf8" },
  );

  const left = (await readdir(directory)).filter((name) => name.includes("backup"));
  expect(status).toBe(1);
  expect(stderr).toContain("the disk of BACKUP_TARGET is full");
  expect(left).toEqual([]);
});

test("makeBackup() leaves nothing when it is interrupted or cannot reach the database", async () => {
  const here = await given();
  const abort = new AbortController();
  abort.abort(new Error("stopped"));

  await expect(makeBackup(here.on, { signal: abort.signal })).rejects.toThrow("stopped");
  const away = { ...here.on, databaseUrl: "postgres://nobody:x@127.0.0.1:1/none" };
  await expect(makeBackup(away)).rejects.toThrow();

  expect(await readdir(here.directory)).toEqual([]);
});

test("makeBackup() does not keep a backup that reads back differently", async () => {
  const here = await given();
  await Bun.write(join(here.dataDir, "files/aa", randomBytes(15).toString("hex")), randomBytes(8_000_000));
  // A disk that loses writes: truncate each draft as soon as it appears. The backup is large, so the draft exists for
  // a while.
  const watching = new AbortController();
  const spoiling = (async () => {
    for (; !watching.signal.aborted; await Bun.sleep(1))
      for (const name of await readdir(here.directory))
        if (name.endsWith(".draft")) await truncate(join(here.directory, name), 1_000).catch(() => undefined);
  })();

  const making = makeBackup(here.on);

  await expect(making).rejects.toThrow();
  watching.abort();
  await spoiling;
  expect(await readdir(here.directory)).toEqual([]);
});

test("a partial backup of a dead process is deleted after a day", async () => {
  const here = await given();
  const draft = (letters: string) =>
    join(here.directory, `messagesender-2026-11-01T00-00-00Z-${letters}.backup.draft`);
  for (const letters of ["aaaa", "bbbb"]) await writeFile(draft(letters), "half");
  const twoDaysAgo = new Date(Date.now() - 48 * 3_600_000);
  await utimes(draft("aaaa"), twoDaysAgo, twoDaysAgo);

  const { name } = await makeBackup(here.on);

  expect((await readdir(here.directory)).toSorted()).toEqual([basename(draft("bbbb")), name].toSorted());
});

test("a backup interrupted by a stop waits for the next process and is not a failure", async () => {
  const here = await given();
  const stopping = new AbortController();
  stopping.abort(new Error("stopped"));
  const [handler] = Object.values(backupHandlers(here.on, stopping.signal));

  const jobs = startJobs(database, backupHandlers(here.on, stopping.signal), { pollMs: 20 });
  await askForBackup(here.on);
  await expect
    .poll(async () => (await readJob(here.on, backupJob))?.lastError, { interval: 5 })
    .toBe(interruptedWords);
  await jobs.stop();

  await expect(handler?.run({}, "all")).rejects.toMatchObject({ afterSeconds: 0 });
  expect(await readBackupState(here.on)).toMatchObject({ problem: null });
});

test("the backup job runs on request, updates screens and waits an hour; it reports and retries a failure", async () => {
  const here = await given();
  await scheduleBackups(here.on);
  const before = await readBackupState(here.on);
  const jobs = startJobs(database, backupHandlers(here.on, new AbortController().signal), { pollMs: 20 });
  try {
    await asActor(commandLine, () => askForBackup(here.on));
    const item = await until("the backup", async () => (await listBackups(here.on, {})).items[0]);
    const after = await until("the job to wait", async () => {
      const state = await readBackupState(here.on);
      return !state.isRunning && Date.parse(state.nextAt ?? "") > Date.now() + 50 * 60_000
        ? state
        : undefined;
    });

    expect(before).toMatchObject({ isOn: true, isRunning: false, problem: null, place: "disk" });
    expect(item.bytes).toBeGreaterThan(1_000);
    expect(after.problem).toBeNull();
    const rows = await database.sql`select action, subject_name as name from auth.activity order by id`;
    expect(rows).toContainEqual({ action: "backup.downloaded", name: expect.stringMatching(/\.backup$/) });
    // The request has a row, the work of the job none.
    expect(rows.at(-1)).toEqual({ action: "backup.requested", name: null });
  } finally {
    await jobs.stop();
  }
  const broken = await given({ place: { kind: "disk", directory: "/proc/none" } });
  const failing = startJobs(database, backupHandlers(broken.on, new AbortController().signal), {
    pollMs: 20,
  });
  try {
    await askForBackup(broken.on);
    const state = await until("the failure", async () => {
      const read = await readBackupState(broken.on);
      return read.problem === null ? undefined : read;
    });
    expect(state.problem).toContain("the folder of BACKUP_TARGET is not writable");
    expect(state.problemWords).toMatchObject({ code: expect.stringMatching(/^backup-/) });
  } finally {
    await failing.stop();
  }
});

test("old backups that cannot be deleted do not delay new ones", async () => {
  const { on, directory } = await given();
  // A place may forbid deletion, as one that guards against extortion does.
  await mkdir(join(directory, "messagesender-2020-01-01T00-00-00Z-abcd.backup"));
  await mkdir(join(directory, "messagesender-2020-01-01T01-00-00Z-abcd.backup"));

  const made = await makeBackup(on);

  expect(made.rows).toBeGreaterThan(5_000);
  expect((await listBackups(on, {})).items.map(({ name }) => name)).toContain(made.name);
});

test("askForBackup() explains what to do when there is no key", async () => {
  const { on } = await given();
  const off = { ...on, config: { ...on.config, backup: null } };

  expect(await readBackupState(off)).toMatchObject({ isOn: false });
  expect(await listBackups(off, {})).toEqual({ items: [], nextCursor: null });
  await expect(askForBackup(off)).rejects.toMatchObject({
    status: 409,
    message: expect.stringContaining("BACKUP_KEY"),
  });
});

test("pastKeeping() keeps all backups of two days, the first of each day for a month, and always the newest", () => {
  const now = Date.parse("2026-11-24T12:00:00Z");
  const file = (madeAt: string) => ({ name: madeAt, madeAt, bytes: 1 });
  const keep = { now, keepHours: 48, keepDays: 30 };
  const files = [
    "2026-11-24T11:00:00.000Z",
    "2026-11-22T13:00:00.000Z",
    "2026-11-22T13:30:00.000Z",
    "2026-11-20T00:10:00.000Z",
    "2026-11-20T01:10:00.000Z",
    "2026-10-20T00:10:00.000Z",
  ].map(file);

  expect(pastKeeping(files, keep).toSorted()).toEqual([
    "2026-10-20T00:10:00.000Z",
    "2026-11-20T01:10:00.000Z",
  ]);
  expect(pastKeeping([file("2020-01-01T00:00:00.000Z")], keep)).toEqual([]);
});
