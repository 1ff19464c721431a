import type postgres from "postgres";
import { wideRead } from "#db";
import { type Audience, audienceCondition } from "../conditions/mod.ts";

/** How many people an audience has now. */
export async function countAudience(
  sql: postgres.Sql,
  workspaceId: string,
  audience: Audience,
): Promise<number> {
  const { condition } = await audienceCondition(sql, workspaceId, audience);
  const [row] = await wideRead<{ count: number }>(
    sql,
    sql`select count(*)::int4 as count from messaging.contacts as c where ${condition}`,
  );
  return row?.count ?? 0;
}
