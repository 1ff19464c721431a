import type { Sql } from "postgres";

// Before the first message Meta already lets a page reply to comments.
const fewest = 100;

/**
 * Counts the people whom a page can message, per page an hour after its last count: Meta allows 200 calls in 24 hours
 * for each ("Rate limiting", March 2026). Deletes expired counts. Returns whether there may be more work.
 */
export async function refreshEngaged({ sql }: { sql: Sql }): Promise<boolean> {
  const counted = await sql<{ page_id: string }[]>`
    update messaging.paces pace
    set engaged_at = clock_timestamp(), engaged = greatest(${fewest}::int4, (
      select count(*) from messaging.contacts c where c.page_id = pace.page_id))
    from (
      select page_id from messaging.paces
      where kind = 'text' and (engaged_at is null or engaged_at < clock_timestamp() - interval '1 h')
      order by engaged_at nulls first limit 1 for update skip locked) due
    where pace.page_id = due.page_id and pace.kind = 'text' returning pace.page_id`;
  for (const { page_id: pageId } of counted)
    await sql`delete from messaging.page_calls
      where page_id = ${pageId} and hour < clock_timestamp() - interval '25 h'`;
  return counted.length > 0;
}
