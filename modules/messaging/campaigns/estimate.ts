import type { Sql } from "postgres";
import { shareNow } from "../delivery/mod.ts";

// A fifth of a page's pace is kept for replies.
const campaignShare = 0.8;

/** Seconds until so many messages of each page are sent, at the pace that the page has now; the slowest page decides. */
export async function estimateSeconds(sql: Sql, counts: ReadonlyMap<string, number>): Promise<number> {
  if (counts.size === 0) return 0;
  const paces = await sql<{ page_id: string; limit_per_second: number; share: number; age: number }[]>`
    select page_id, limit_per_second::float8, share::float8,
           extract(epoch from clock_timestamp() - share_at)::float8 as age
    from messaging.paces where kind = 'text' and page_id = any(${[...counts.keys()]}::uuid[])`;
  const seconds = paces.map((pace) => {
    const share = shareNow({ share: pace.share, shareAgeSeconds: pace.age });
    return (counts.get(pace.page_id) ?? 0) / (pace.limit_per_second * share * campaignShare);
  });
  return Math.ceil(Math.max(0, ...seconds));
}
