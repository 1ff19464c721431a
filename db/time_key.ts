import type { Fragment, Sql } from "postgres";
import { decodeCursor, wrongCursor } from "#std";

export interface TimeKey {
  at: number;
  id: string;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reads a cursor made of a time and an id; a 422 Problem when it is not one. */
export function decodeTimeKey(cursor: string | undefined): TimeKey | null {
  if (cursor === undefined) return null;
  const [at, id] = decodeCursor(cursor, 2);
  if (
    !Number.isSafeInteger(at) ||
    typeof at !== "number" ||
    at < 0 ||
    typeof id !== "string" ||
    !uuid.test(id)
  )
    throw wrongCursor();
  return { at, id };
}

/**
 * A time as whole microseconds since 1970, as Postgres stores it; exact in a JavaScript number until the year 2255.
 * A Date has only milliseconds, and a cursor made of one would skip or repeat rows.
 */
export function micros(sql: Sql, column: string): Fragment {
  return sql`(extract(epoch from ${sql.unsafe(column)}) * 1000000)::float8`;
}

/** `and …` for rows older than the key, in the order (time, id) descending; nothing without a key. */
export function olderThan(sql: Sql, key: TimeKey | null, time: string, id: string): Fragment {
  if (key === null) return sql``;
  return sql`and (${sql.unsafe(`${time}, ${id}`)}) < (${exactTime(key)}::timestamptz, ${key.id}::uuid)`;
}

/** `and …` for rows newer than the key, in the order (time, id) ascending; nothing without a key. */
export function newerThan(sql: Sql, key: TimeKey | null, time: string, id: string): Fragment {
  if (key === null) return sql``;
  return sql`and (${sql.unsafe(`${time}, ${id}`)}) > (${exactTime(key)}::timestamptz, ${key.id}::uuid)`;
}

function exactTime({ at }: TimeKey): string {
  const iso = new Date(Math.floor(at / 1000)).toISOString();
  return `${iso.slice(0, -1)}${String(at % 1000).padStart(3, "0")}Z`;
}

/**
 * A limit as part of the text. As a parameter it would be unknown to a prepared plan: Postgres would expect a tenth of
 * the table and plan anew for each request, which takes as long as the read itself.
 */
export function limitOf(sql: Sql, rows: number): Fragment {
  return sql.unsafe(String(rows));
}

/** The same of a time as Postgres writes it in a session in UTC. */
export function microsOf(text: string): number {
  const fraction = text.slice(20, -3).padEnd(6, "0");
  return Date.parse(`${text.slice(0, 10)}T${text.slice(11, 19)}Z`) * 1_000 + Number(fraction);
}

/** A time as Postgres writes it, "2026-11-24 10:00:00.123456+00", as it travels: "2026-11-24T10:00:00.123Z". */
export function isoTime(text: string): string {
  // Sessions are in UTC; a Date would be made here for each time of each row.
  if (!text.endsWith("+00")) return new Date(text).toISOString();
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, -3).slice(0, 3).padEnd(3, "0")}Z`;
}
