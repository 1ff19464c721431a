import type { Sql } from "postgres";

/**
 * Takes one of the two calls a second that Meta's Conversations API allows per page, over all processes. False: not
 * now.
 */
export async function takeLookup(sql: Sql, pageId: string): Promise<boolean> {
  // A tenth slower than allowed, since calls do not take equally long; a time too far ahead is a clock's that was set back.
  const taken = await sql`
    update messaging.paces set open_at = clock_timestamp() + make_interval(secs => 1.1 / limit_per_second)
    where page_id = ${pageId} and kind = 'lookup' and (open_at <= clock_timestamp()
      or open_at > clock_timestamp() + make_interval(secs => 2.2 / limit_per_second))
    returning page_id`;
  return taken.length > 0;
}
