import type postgres from "postgres";
import { plainArray, seconds, textArray } from "#db";
import { sentByEcho } from "../delivery/mod.ts";
import type { InboundMessage } from "./inbound_event.ts";

// The count of what changed is asked for so that the ledger's rows are written before the messages', in the order in
// which a batch of results takes them.
const settle = `with page as materialized (
  select id, facebook_id from messaging.pages where facebook_id = any($1::text[]) and status <> 'disconnected'
), echo as materialized (
  select page.id as page_id, page.facebook_id, e.delivery_id, e.attempt_id, e.mid, to_timestamp(e.sent_at) as sent_at
  from unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::float8[])
    as e(page, delivery_id, attempt_id, mid, sent_at)
  join page on page.facebook_id = e.page
), own as materialized (
  select d.id, d.workspace_id, d.message_id, echo.*
  from echo join messaging.deliveries as d
    on d.id = echo.delivery_id and d.attempt_id = echo.attempt_id and d.page_id = echo.page_id
  order by d.id
), ${sentByEcho}, message as (
  update messaging.messages as m set mid = own.mid, sent_at = own.sent_at
  from own
  where m.workspace_id = own.workspace_id and m.id = own.message_id and (m.mid is null or m.mid = own.mid)
    and not exists (select from messaging.messages as other
      where other.page_id = m.page_id and other.mid = own.mid and other.id <> m.id)
    and (select count(*) from changed) >= 0
)
select facebook_id, mid from own where message_id is null
union
select echo.facebook_id, echo.mid from echo
join messaging.deliveries as d on d.page_id = echo.page_id and d.mid = echo.mid`;

/**
 * Echoes of what we sent ourselves: `message.metadata` brings the attempt back, which settles the delivery even
 * when Meta's answer was lost, and stores the message's id. `recordMessages` then ignores this id.
 *
 * Campaign messages have no message row: returns their echoes by `page mid`, also the ones that came without
 * metadata. They are nobody else's messages.
 */
export async function recordOwnEchoes(
  on: postgres.TransactionSql,
  echoes: readonly InboundMessage[],
): Promise<Set<string>> {
  const byMid = new Map(echoes.map((echo) => [`${echo.pageFacebookId} ${echo.mid}`, echo]));
  const rows = [...byMid].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, echo]) => echo);
  const own = await on.unsafe<{ facebook_id: string; mid: string }[]>(
    settle,
    [
      textArray(rows.map((row) => row.pageFacebookId)),
      textArray(rows.map((row) => row.attempt?.deliveryId ?? null)),
      textArray(rows.map((row) => row.attempt?.id ?? null)),
      textArray(rows.map((row) => row.mid)),
      plainArray(rows.map((row) => seconds(row.at))),
    ],
    { prepare: true },
  );
  return new Set(own.map((row) => `${row.facebook_id} ${row.mid}`));
}
