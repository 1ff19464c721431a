import type postgres from "postgres";
import { type Audience, audienceCondition } from "./audience.ts";

/**
 * How many people an audience has now. Over a million contacts this reads whole tables, so that both processors help;
 * a plan for these very values and no just-in-time compilation, which would take longer than the count.
 */
export async function countAudience(
  sql: postgres.Sql,
  workspaceId: string,
  audience: Audience,
): Promise<number> {
  const { condition } = await audienceCondition(sql, workspaceId, audience);
  return await sql.begin("read only", async (tx) => {
    await tx`select set_config(name, value, true) from (values
      ('max_parallel_workers_per_gather', '4'), ('parallel_setup_cost', '100'), ('parallel_tuple_cost', '0.01'),
      ('work_mem', '64MB'), ('jit', 'off'), ('plan_cache_mode', 'force_custom_plan')) as setting(name, value)`;
    const [row] = await tx<{ count: number }[]>`
      select count(*)::int4 as count from messaging.contacts as c where ${condition}`;
    return row?.count ?? 0;
  });
}
