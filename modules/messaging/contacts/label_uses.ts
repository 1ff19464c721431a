import { sql } from "drizzle-orm";
import type { Db } from "#db";

/** The name of a segment whose conditions name this tag or field; null: none does. */
export async function usedBySegment(db: Db, workspaceId: string, id: string): Promise<string | null> {
  const [row] = await db.execute<{ name: string }>(sql`
    select name from messaging.segments
    where workspace_id = ${workspaceId} and position(${id} in conditions::text) > 0 order by id limit 1`);
  return row?.name ?? null;
}

/** Whether an update through Drizzle met a unique index. */
export function isDuplicate(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && cause.code === "23505";
}
