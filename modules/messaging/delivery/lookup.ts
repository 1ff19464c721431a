import type { Sql } from "postgres";
import { drawSlots } from "./pace.ts";

/** Takes one of the two calls a second that the Conversations API allows a page, over all processes. False: not now. */
export async function takeLookup(sql: Sql, pageId: string): Promise<boolean> {
  return await sql.begin(async (tx) => {
    const [pace] = await tx<{ limit: number; open_at: number; now: number }[]>`
      select limit_per_second::float8 as "limit", (extract(epoch from open_at) * 1000)::float8 as open_at,
             (extract(epoch from clock_timestamp()) * 1000)::float8 as now
      from messaging.paces where page_id = ${pageId} and kind = 'lookup' for update skip locked`;
    if (!pace) return false;
    const slots = drawSlots(
      {
        limitPerSecond: pace.limit,
        share: 1,
        shareAgeSeconds: 0,
        openAt: pace.open_at,
        reserveAt: 0,
        now: pace.now,
      },
      { isReply: false, count: 1 },
    );
    const [first] = slots.times;
    if (first === undefined || first > pace.now) return false;
    await tx`update messaging.paces set open_at = to_timestamp(${slots.openAt}::float8 / 1000)
      where page_id = ${pageId} and kind = 'lookup'`;
    return true;
  });
}
