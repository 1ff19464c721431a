import postgres from "postgres";
import { noticeDeath, settings } from "./client.ts";
import {
  bytesFrame,
  countRows,
  type DumpEnd,
  endFrame,
  fileFrame,
  headFrame,
  rowsFrame,
  tableFrame,
} from "./dump_frames.ts";

/** A file that belongs to the rows. */
export interface DumpedFile {
  name: string;
  bytes: AsyncIterable<Uint8Array>;
}

export interface DumpOptions {
  /** Version of this program, stored in the head. */
  version: string;
  /** Read when the rows are out: those that the rows name are then among them, unless they were removed. */
  files?: AsyncIterable<DumpedFile>;
  /** Ends the work with an error. */
  signal?: AbortSignal;
}

/** 4 MB of a table, or more with large values. */
const blocksAtOnce = 512;
const frameBytes = 256 * 1024;

/**
 * Dumps all our tables in one snapshot, then the files, as frames for `write`, whose promise slows the reading. At
 * most one piece of a table or file is in memory. Takes no lock that blocks others.
 */
export async function dumpDatabase(
  url: string,
  write: (bytes: Uint8Array) => Promise<void>,
  { version, files, signal }: DumpOptions,
): Promise<DumpEnd> {
  const sql = postgres(url, {
    max: 1,
    connect_timeout: 5,
    onnotice: () => undefined,
    connection: settings({ application_name: "messagesender dump", statement_timeout: 0, TimeZone: "UTC" }),
  });
  try {
    await noticeDeath(sql);
    const fromTables = await sql.begin("isolation level repeatable read read only", async (tx) => {
      const tables = await readTables(tx);
      const names = tables.map((table) => table.name);
      // Keeps the daily maintenance from dropping a part of the raw log meanwhile.
      await tx.unsafe(`lock table ${names.join(", ")} in access share mode`);
      const [schema] = await tx<{ at: string }[]>`
        select max(created_at)::text as at from drizzle.__drizzle_migrations`;
      await write(
        headFrame({
          format: 2,
          version,
          madeAt: new Date().toISOString(),
          schema: Number(schema?.at),
          tables: tables.map(({ name, columns }) => ({ name, columns })),
          partitions: await readPartitions(tx),
        }),
      );
      const rows: Record<string, number> = {};
      for (const table of tables) rows[table.name] = await copyTable(tx, table, write, signal);
      // After the rows: sequences have no snapshot and must not be behind the rows.
      return { rows, sequences: await readSequences(tx) };
    });
    // Outside the transaction, which would block Postgres's vacuum all the time.
    const end: DumpEnd = { ...fromTables, files: await copyFiles(files, write, signal) };
    await write(endFrame(end));
    return end;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/**
 * The rows in pieces of some thousand, each one value in COPY format made by the server: the driver's own COPY hangs
 * when its last rows come faster than they are read.
 */
async function copyTable(
  tx: postgres.TransactionSql,
  { name, texts }: Table,
  write: (bytes: Uint8Array) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<number> {
  await write(tableFrame(name));
  const [size] = await tx<{ blocks: number }[]>`
    select (pg_relation_size(${name}::regclass) / current_setting('block_size')::int8)::int4 as blocks`;
  let rows = 0;
  for (let block = 0; block < (size?.blocks ?? 0); block += blocksAtOnce) {
    signal?.throwIfAborted();
    const [[lines] = []] = await tx
      .unsafe(
        `select string_agg(${texts.join(" || E'\\t' || ")} || E'\\n', '') from ${name}
         where ctid >= '(${block},0)'::tid and ctid < '(${block + blocksAtOnce},0)'::tid`,
      )
      .raw();
    if (!lines) continue;
    rows += countRows(lines);
    for (let at = 0; at < lines.length; at += frameBytes)
      await write(rowsFrame(lines.subarray(at, at + frameBytes)));
  }
  return rows;
}

async function copyFiles(
  files: AsyncIterable<DumpedFile> | undefined,
  write: (bytes: Uint8Array) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<{ count: number; bytes: number }> {
  const copied = { count: 0, bytes: 0 };
  for await (const { name, bytes } of files ?? []) {
    await write(fileFrame(name));
    copied.count += 1;
    for await (const piece of bytes) {
      signal?.throwIfAborted();
      await write(bytesFrame(piece));
      copied.bytes += piece.length;
    }
  }
  return copied;
}

/** The schemas whose rows are ours. */
export const ours = ["auth", "jobs", "mail", "messaging", "webhooks"];

interface Table {
  name: string;
  columns: string[];
  /** The expression per column that makes its COPY text. */
  texts: string[];
}

/** The tables with rows, each part of a partitioned one; names and columns are quoted. */
async function readTables(tx: postgres.TransactionSql): Promise<Table[]> {
  return await tx<Table[]>`
    select format('%I.%I', n.nspname, c.relname) as name,
           array_agg(quote_ident(a.attname) order by a.attnum) as columns,
           array_agg(format(
             case when a.atttypid = any('{uuid,bool,int2,int4,int8,float8,timestamptz}'::regtype[])
               then $$coalesce(%I::text, '\\N')$$
               else $$coalesce(replace(replace(replace(replace(%I::text, '\\', '\\\\'), E'\\n', '\\n'), E'\\r', '\\r'), E'\\t', '\\t'), '\\N')$$
             end, a.attname) order by a.attnum) as texts
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where c.relkind = 'r' and n.nspname = any(${ours})
    group by 1 order by 1`;
}

async function readPartitions(
  tx: postgres.TransactionSql,
): Promise<{ name: string; parent: string; bounds: string }[]> {
  return await tx<{ name: string; parent: string; bounds: string }[]>`
    select format('%I.%I', n.nspname, c.relname) as name, i.inhparent::regclass::text as parent,
           pg_get_expr(c.relpartbound, c.oid) as bounds
    from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and c.relispartition and n.nspname = any(${ours}) order by 1`;
}

async function readSequences(tx: postgres.TransactionSql): Promise<DumpEnd["sequences"]> {
  const named = await tx<{ name: string }[]>`
    select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'S' and n.nspname = any(${ours}) order by 1`;
  const sequences: DumpEnd["sequences"] = [];
  for (const { name } of named) {
    const [state] = await tx.unsafe<{ value: string; isCalled: boolean }[]>(
      `select last_value::text as value, is_called as "isCalled" from ${name}`,
    );
    if (state) sequences.push({ name, ...state });
  }
  return sequences;
}
