import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Static, Type } from "@sinclair/typebox";
import postgres from "postgres";
import { parse } from "#std";
import { noticeDeath, settings, tryLock } from "./client.ts";
import { ours } from "./dump.ts";
import { countRows, type DumpEnd, type DumpHead, noFiles, readFrames } from "./dump_frames.ts";
import { migrate, migrationsFolder } from "./migrate.ts";
import { problem } from "./problems.ts";

export interface Restored {
  /** Version that wrote the dump. */
  version: string;
  madeAt: string;
  rows: Record<string, number>;
  files: number;
}

/** The destination of a dumped file, piece by piece. */
export interface RestoredFile {
  write(bytes: Uint8Array): Promise<void>;
  finish(): Promise<unknown>;
  abandon(): Promise<void>;
}

/**
 * Fills an empty database from a dump of this or an older version: creates the schema of that time, copies the rows
 * in one transaction, compares the counts, and migrates. Files go to `createFile`. After a failure the database is
 * empty again.
 */
export async function restoreDatabase(
  url: string,
  dump: AsyncIterable<Uint8Array>,
  createFile: (name: string) => Promise<RestoredFile>,
): Promise<Restored> {
  const sql = postgres(url, {
    max: 1,
    connect_timeout: 5,
    onnotice: () => undefined,
    connection: settings({
      application_name: "messagesender restore",
      statement_timeout: 0,
      TimeZone: "UTC",
    }),
  });
  try {
    await noticeDeath(sql);
    await makeEmpty(sql);
    const frames = readFrames(dump);
    const first = (await frames.next()).value;
    if (first?.kind !== "head") throw new Error("Cannot read the dump: it has no head");
    const { head } = first;
    await mustBeKnown(head);
    try {
      await migrateTo(url, head.schema);
      const { rows, files = noFiles } = await sql.begin((tx) => fill(tx, head, frames, createFile));
      await migrate(url);
      await sql`analyze`;
      return { version: head.version, madeAt: head.madeAt, rows, files: files.count };
    } catch (error) {
      await dropOurs(sql);
      throw error;
    }
  } finally {
    await sql.end({ timeout: 5 });
  }
}

const lockKey = 7_305_112_027;

/**
 * Throws for a database with anything in it. Tables of ours without a single row, as a restore that was killed or
 * "migrate" leaves them, are removed.
 */
async function makeEmpty(sql: postgres.Sql): Promise<void> {
  // Until the connection ends: a second restore waits and then finds the rows of the first.
  while (!(await tryLock(sql, lockKey))) await Bun.sleep(100);
  await sql.begin(async (tx) => {
    const tables = await tx<{ name: string; schema: string }[]>`
      select format('%I.%I', n.nspname, c.relname) as name, n.nspname as schema
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'`;
    if (tables.length === 0) return;
    const names = tables.map(({ name }) => name);
    await tx.unsafe(`lock table ${names.join(", ")} in access exclusive mode`);
    const inside = tables.filter(({ schema }) => schema !== "drizzle");
    const looks = inside.map(({ name }) => `exists (select from ${name})`);
    const [found] = await tx.unsafe<{ database: string; hasRows: boolean }[]>(
      `select current_database() as database, ${looks.join(" or ") || "false"} as "hasRows"`,
    );
    if (found?.hasRows || inside.some(({ schema }) => !ours.includes(schema)))
      throw problem("database-not-empty", { database: found?.database ?? "", tables: tables.length });
    await dropOurs(tx);
  });
}

async function dropOurs(on: Pick<postgres.Sql, "unsafe">): Promise<void> {
  await on.unsafe(`drop schema if exists ${ours.join(", ")}, drizzle cascade`);
}

const Journal = Type.Object({ entries: Type.Array(Type.Object({ when: Type.Number() })) });

async function readJournal(folder: string): Promise<Static<typeof Journal>> {
  const journal = parse(Journal, JSON.parse(await readFile(join(folder, "meta/_journal.json"), "utf8")));
  if (!journal.ok) throw new Error(`Cannot read the migrations in ${folder}`);
  return journal.value;
}

async function mustBeKnown({ schema, version }: DumpHead): Promise<void> {
  const { entries } = await readJournal(migrationsFolder);
  if (!entries.some(({ when }) => when === schema)) throw problem("backup-too-new", { version });
}

/** Migrates no further than the schema of the dump. */
async function migrateTo(url: string, schema: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "messagesender-migrations-"));
  try {
    await cp(migrationsFolder, folder, { recursive: true });
    const journal = await readJournal(folder);
    const entries = journal.entries.filter(({ when }) => when <= schema);
    await writeFile(join(folder, "meta/_journal.json"), JSON.stringify({ ...journal, entries }));
    await migrate(url, { folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fill(
  tx: postgres.TransactionSql,
  head: DumpHead,
  frames: ReturnType<typeof readFrames>,
  createFile: (name: string) => Promise<RestoredFile>,
): Promise<DumpEnd> {
  for (const { name, parent, bounds } of head.partitions) {
    const [known] = await tx<{ oid: string | null }[]>`select to_regclass(${name})::text as oid`;
    if (!known?.oid) await tx.unsafe(`create table ${name} partition of ${parent} ${bounds}`);
  }
  // Created again after the rows, at once: independent of the order of tables.
  const later = await setAside(tx);
  const rows: Record<string, number> = {};
  const files = { ...noFiles };
  let end: DumpEnd | null = null;
  let sink: Sink | null = null;
  let file: RestoredFile | null = null;
  try {
    for await (const frame of frames) {
      if (frame.kind === "bytes" && file) {
        await file.write(frame.bytes);
        files.bytes += frame.bytes.length;
        continue;
      }
      await file?.finish();
      file = null;
      if (frame.kind === "rows" && sink) {
        await sink.write(frame.bytes);
        rows[sink.name] = (rows[sink.name] ?? 0) + countRows(frame.bytes);
        continue;
      }
      await sink?.end();
      sink = null;
      if (frame.kind === "table") {
        const table = head.tables.find(({ name }) => name === frame.name);
        if (!table) throw new Error(`Cannot restore: the dump has rows of "${frame.name}" and no such table`);
        rows[table.name] = 0;
        sink = await openSink(tx, table);
      }
      if (frame.kind === "file") {
        file = await createFile(frame.name);
        files.count += 1;
      }
      if (frame.kind === "end") end = frame.end;
    }
  } catch (error) {
    sink?.abandon(error);
    await file?.abandon();
    throw error;
  }
  if (!end || !Bun.deepEquals(rows, end.rows) || !Bun.deepEquals(files, end.files ?? noFiles))
    throw problem("backup-incomplete");
  for (const { name, value, isCalled } of end.sequences)
    await tx`select setval(${name}::regclass, ${value}::int8, ${isCalled})`;
  for (const statement of later) await tx.unsafe(statement);
  return end;
}

/** Drops foreign keys and indexes without a constraint; returns the statements that create them again. */
async function setAside(tx: postgres.TransactionSql): Promise<string[]> {
  const found = await tx<{ drop: string; make: string }[]>`
    select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop,
           format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as make,
           2 as step
    from pg_constraint
    where contype = 'f' and conparentid = 0
      and connamespace::regnamespace::text in ('auth', 'jobs', 'messaging', 'webhooks')
    union all
    select format('drop index %s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid), 1
    from pg_index i join pg_class c on c.oid = i.indexrelid
    where not i.indisunique and c.relkind = 'i' and not c.relispartition
      and c.relnamespace::regnamespace::text in ('auth', 'jobs', 'messaging', 'webhooks')
      and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
    order by step`;
  for (const { drop } of found.toReversed()) await tx.unsafe(drop);
  return found.map(({ make }) => make);
}

interface Sink {
  name: string;
  write(bytes: Buffer): Promise<void>;
  end(): Promise<void>;
  abandon(error: unknown): void;
}

async function openSink(
  tx: postgres.TransactionSql,
  { name, columns }: { name: string; columns: string[] },
): Promise<Sink> {
  const stream = await tx.unsafe(`copy ${name} (${columns.join(", ")}) from stdin`).writable();
  const failed = new Promise<never>((_, fail) => stream.once("error", fail));
  failed.catch(() => undefined);
  return {
    name,
    write: (bytes) =>
      Promise.race([
        failed,
        new Promise<void>((done, fail) =>
          stream.write(Buffer.from(bytes), (error) => (error ? fail(error) : done())),
        ),
      ]),
    end: () => Promise.race([failed, new Promise<void>((done) => stream.end(done))]),
    abandon: (error) => stream.destroy(error instanceof Error ? error : new Error(String(error))),
  };
}
