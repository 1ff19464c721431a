import { Problem } from "./problem.ts";

/** An opaque page cursor made of the sort key of the last row that the reader has seen. */
export function encodeCursor(key: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

/** The sort key inside a cursor; a 422 Problem when it is not one of ours or of another length. */
export function decodeCursor(cursor: string, length: number): (string | number | null)[] {
  const wrong = () =>
    new Problem(
      "invalid-cursor",
      422,
      'Cannot read this "cursor": pass nextCursor of the previous page unchanged, or none',
    );
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    throw wrong();
  }
  const isKey = (value: unknown): value is (string | number | null)[] =>
    Array.isArray(value) &&
    value.length === length &&
    value.every((part) => part === null || typeof part === "string" || typeof part === "number");
  if (!isKey(key)) throw wrong();
  return key;
}

/** Cuts the one row that was read beyond the page, and says where the next page begins. */
export function pageOf<Row>(
  rows: Row[],
  limit: number,
  keyOf: (row: Row) => readonly (string | number | null)[],
): { items: Row[]; nextCursor: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last ? encodeCursor(keyOf(last)) : null };
}
