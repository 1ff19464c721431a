import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { decodeCursor, Problem } from "#std";

/**
 * A time as whole microseconds since 1970: what Postgres stores, exact in a JavaScript number until the year 2255.
 * A Date has only milliseconds, and a cursor made of one would skip or repeat rows.
 */
export function micros(column: SQLWrapper): SQL<number> {
  return sql<number>`(extract(epoch from ${column}) * 1000000)::float8`.mapWith(Number);
}

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
    throw new Problem(
      "invalid-cursor",
      422,
      'Cannot read this "cursor": pass nextCursor of the previous page',
    );
  return { at, id };
}

/** Rows older than the key, in the order (time, id) descending. */
export function olderThan(time: SQLWrapper, id: SQLWrapper, key: TimeKey | null): SQL | undefined {
  if (key === null) return undefined;
  const iso = new Date(Math.floor(key.at / 1000)).toISOString();
  const exact = `${iso.slice(0, -1)}${String(key.at % 1000).padStart(3, "0")}Z`;
  return sql`(${time}, ${id}) < (${exact}::timestamptz, ${key.id}::uuid)`;
}
