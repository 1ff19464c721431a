import { defineProblems, type Problem } from "./problem.ts";
import { IsoTime, parse, Uuid } from "./schema.ts";

const problem = defineProblems({
  "invalid-cursor": [
    422,
    "Cannot load this page of the list: the cursor is invalid",
    "Pass nextCursor of the previous page unchanged, or none",
  ],
});

/** The error for a cursor that is not ours. */
export const wrongCursor = (): Problem => problem("invalid-cursor");

/** An opaque page cursor from the sort key of the last row of a page. */
export function encodeCursor(key: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

/** The sort key inside a cursor; a 422 Problem when it is not one of ours or of another length. */
export function decodeCursor(cursor: string, length: number): (string | number | null)[] {
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    throw wrongCursor();
  }
  // Postgres refuses NUL in texts.
  const isPart = (part: unknown): part is string | number | null =>
    part === null || typeof part === "number" || (typeof part === "string" && !part.includes("\u0000"));
  if (!Array.isArray(key) || key.length !== length || !key.every(isPart)) throw wrongCursor();
  return key;
}

/** A part that is a time, as Postgres writes it in a session in UTC; a 422 Problem when it is none. */
export function timePart(part: string | number | null | undefined): string {
  const [, day, time] = /^([^ ]{10}) ([^ ]{8,15})\+00$/.exec(String(part)) ?? [];
  if (!parse(IsoTime, `${day}T${time}Z`).ok) throw wrongCursor();
  return String(part);
}

/** The id of the last row of the previous page; null at the beginning. Throws a 422 Problem for a wrong cursor. */
export function decodeIdCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const id = parse(Uuid, decodeCursor(cursor, 1)[0]);
  if (!id.ok) throw wrongCursor();
  return id.value;
}

/** Removes the extra row beyond the page and returns the cursor of the next page. */
export function pageOf<Row>(
  rows: Row[],
  limit: number,
  keyOf: (row: Row) => readonly (string | number | null)[],
): { items: Row[]; nextCursor: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? encodeCursor(keyOf(last)) : null };
}
