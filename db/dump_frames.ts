// Format of a dump: frames of one letter, a length of four bytes, and that many bytes.
//   H  the head, JSON: see DumpHead
//   T  the name of the table of the next rows
//   D  rows of that table, in COPY format
//   F  the name of a file of the rows, before its bytes
//   B  bytes of that file
//   E  the end, JSON: see DumpEnd
import { type Static, Type } from "@sinclair/typebox";
import { parse } from "#std";

export const DumpHead = Type.Object({
  /** 1 had no files. */
  format: Type.Union([Type.Literal(1), Type.Literal(2)]),
  /** Version of the program that wrote it. */
  version: Type.String(),
  madeAt: Type.String(),
  /** Time of the newest migration, which identifies the schema. */
  schema: Type.Number(),
  tables: Type.Array(Type.Object({ name: Type.String(), columns: Type.Array(Type.String()) })),
  /** Parts of partitioned tables with their bounds. */
  partitions: Type.Array(Type.Object({ name: Type.String(), parent: Type.String(), bounds: Type.String() })),
});
export type DumpHead = Static<typeof DumpHead>;

export const DumpEnd = Type.Object({
  rows: Type.Record(Type.String(), Type.Number()),
  files: Type.Optional(Type.Object({ count: Type.Number(), bytes: Type.Number() })),
  sequences: Type.Array(Type.Object({ name: Type.String(), value: Type.String(), isCalled: Type.Boolean() })),
});
export type DumpEnd = Static<typeof DumpEnd>;

export type DumpFrame =
  | { kind: "head"; head: DumpHead }
  | { kind: "table"; name: string }
  | { kind: "rows"; bytes: Buffer }
  | { kind: "file"; name: string }
  | { kind: "bytes"; bytes: Buffer }
  | { kind: "end"; end: DumpEnd };

const headBytes = 5;

function frame(letter: "H" | "T" | "D" | "F" | "B" | "E", body: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(headBytes + body.length);
  framed.write(letter, 0, "latin1");
  framed.writeUInt32BE(body.length, 1);
  framed.set(body, headBytes);
  return framed;
}

export const headFrame = (head: DumpHead) => frame("H", Buffer.from(JSON.stringify(head)));
export const tableFrame = (name: string) => frame("T", Buffer.from(name));
export const rowsFrame = (bytes: Uint8Array) => frame("D", bytes);
export const fileFrame = (name: string) => frame("F", Buffer.from(name));
export const bytesFrame = (bytes: Uint8Array) => frame("B", bytes);
export const endFrame = (end: DumpEnd) => frame("E", Buffer.from(JSON.stringify(end)));

/** Reads the frames of a dump. Throws when it is not one, or stops before its end. */
export async function* readFrames(dump: AsyncIterable<Uint8Array>): AsyncGenerator<DumpFrame> {
  let buffered = Buffer.alloc(0);
  let hasEnded = false;
  for await (const part of dump) {
    buffered = buffered.length === 0 ? Buffer.from(part) : Buffer.concat([buffered, part]);
    while (buffered.length >= headBytes) {
      const length = buffered.readUInt32BE(1);
      if (buffered.length < headBytes + length) break;
      const read = readFrame(
        buffered.toString("latin1", 0, 1),
        buffered.subarray(headBytes, headBytes + length),
      );
      hasEnded = read.kind === "end";
      yield read;
      buffered = buffered.subarray(headBytes + length);
    }
  }
  if (!hasEnded || buffered.length > 0) throw new Error("Cannot read the dump: it has no proper end");
}

function readFrame(letter: string, body: Buffer): DumpFrame {
  if (letter === "D") return { kind: "rows", bytes: body };
  if (letter === "B") return { kind: "bytes", bytes: body };
  if (letter === "F") return { kind: "file", name: body.toString() };
  if (letter === "T") return { kind: "table", name: body.toString() };
  const json: unknown = letter === "H" || letter === "E" ? JSON.parse(body.toString()) : null;
  const head = letter === "H" ? parse(DumpHead, json) : null;
  if (head?.ok) return { kind: "head", head: head.value };
  const end = letter === "E" ? parse(DumpEnd, json) : null;
  if (end?.ok) return { kind: "end", end: end.value };
  throw new Error("Cannot read the dump: it was made by a newer version, or is none");
}

/** Rows in a piece of COPY text: line ends inside of values are written as \n. */
export function countRows(bytes: Uint8Array): number {
  let rows = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) rows += 1;
  return rows;
}

export const noFiles = { count: 0, bytes: 0 };

/** Reads a whole dump and counts. Throws if the rows and files differ from the counts at its end. */
export async function checkDump(dump: AsyncIterable<Uint8Array>): Promise<DumpEnd> {
  const rows: Record<string, number> = {};
  let table = "";
  const files = { count: 0, bytes: 0 };
  let end: DumpEnd | null = null;
  for await (const frame of readFrames(dump)) {
    if (frame.kind === "table") {
      table = frame.name;
      rows[table] = 0;
    }
    if (frame.kind === "rows") rows[table] = (rows[table] ?? 0) + countRows(frame.bytes);
    if (frame.kind === "file") files.count += 1;
    if (frame.kind === "bytes") files.bytes += frame.bytes.length;
    if (frame.kind === "end") end = frame.end;
  }
  if (!end || !Bun.deepEquals(rows, end.rows) || !Bun.deepEquals(files, end.files ?? noFiles))
    throw new Error("Cannot read the dump: rows or files are missing in it");
  return end;
}
