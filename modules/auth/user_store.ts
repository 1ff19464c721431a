import { inArray } from "drizzle-orm";
import type { Db, Tx } from "#db";
import { users } from "#db/auth";

/** The names of these people by id; who does not exist is left out. Deactivated people keep theirs. */
export async function userNames(db: Db | Tx, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: users.id, name: users.name })
    .from(users)
    .where(inArray(users.id, [...new Set(ids)]));
  return new Map(rows.map((row) => [row.id, row.name]));
}
