import type postgres from "postgres";
import { plainArray, seconds, textArray } from "./inbound_arrays.ts";
import type { InboundMessage } from "./inbound_event.ts";

const settle = `with page as materialized (
  select id, facebook_id from messaging.pages where facebook_id = any($1::text[]) and status <> 'disconnected'
), echo as materialized (
  select page.id as page_id, e.attempt_id, e.mid, to_timestamp(e.sent_at) as sent_at
  from unnest($1::text[], $2::uuid[], $3::text[], $4::float8[]) as e(page, attempt_id, mid, sent_at)
  join page on page.facebook_id = e.page
), delivery as (
  update messaging.deliveries as d
  set state = 'sent', settled_at = coalesce(d.settled_at, now()), reason = null, error_code = null,
    error_subcode = null, error_text = null
  from echo
  where d.attempt_id = echo.attempt_id and d.page_id = echo.page_id
  returning d.workspace_id, d.message_id, echo.mid, echo.sent_at
)
update messaging.messages as m set mid = delivery.mid, sent_at = delivery.sent_at
from delivery
where m.workspace_id = delivery.workspace_id and m.id = delivery.message_id and (m.mid is null or m.mid = delivery.mid)
  and not exists (select from messaging.messages as other
    where other.page_id = m.page_id and other.mid = delivery.mid and other.id <> m.id)`;

/**
 * Echoes of what we sent ourselves: `message.metadata` brings the attempt id back, which settles the delivery even
 * when Meta's answer was lost, and gives the message its id. What has its id then is no news to `recordMessages`.
 */
export async function recordOwnEchoes(
  on: postgres.TransactionSql,
  echoes: readonly InboundMessage[],
): Promise<void> {
  const byAttempt = new Map(echoes.map((echo) => [echo.attemptId ?? "", echo]));
  const rows = [...byAttempt].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, echo]) => echo);
  await on.unsafe(
    settle,
    [
      textArray(rows.map((row) => row.pageFacebookId)),
      textArray(rows.map((row) => row.attemptId)),
      textArray(rows.map((row) => row.mid)),
      plainArray(rows.map((row) => seconds(row.at))),
    ],
    { prepare: true },
  );
}
