import type { TransactionSql } from "postgres";
import { plainArray, seconds, textArray } from "#db";
import type { InboundNotice } from "./inbound_event.ts";

// Meta's pages spell the field in both ways.
const kinds: ReadonlySet<string> = new Set([
  "message_template_status_update",
  "messenger_template_status_update",
]);

const update = `with reported as (
  select distinct on (page.id, i.data ->> 'message_template_id', i.data ->> 'message_template_name',
      i.data ->> 'message_template_language')
    page.id as page_id, i.data ->> 'message_template_id' as facebook_id, i.data ->> 'message_template_name' as name,
    i.data ->> 'message_template_language' as language,
    upper(coalesce(i.data ->> 'message_template_status', i.data ->> 'event')) as status,
    nullif(upper(i.data ->> 'reason'), 'NONE') as reason, to_timestamp(i.at) as at
  from unnest($1::text[], $2::jsonb[], $3::float8[]) as i(page, data, at)
  join messaging.pages as page on page.facebook_id = i.page and page.status <> 'disconnected'
  order by 1, 2, 3, 4, i.at desc
)
update messaging.utility_templates as t
set status = reported.status, status_reason = reported.reason, status_at = greatest(t.status_at, reported.at),
  facebook_id = coalesce(t.facebook_id, reported.facebook_id)
from reported
where t.page_id = reported.page_id and reported.status ~ '^[A-Z_]{1,30}$'
  and (t.facebook_id = reported.facebook_id or t.name = reported.name and t.language = reported.language
    and (t.facebook_id is null or reported.facebook_id is null))
  -- Meta's clock tells whole seconds at times, and ours may be ahead of it.
  and reported.at > t.status_at - interval '1 minute'`;

/** Results of Meta's reviews of utility templates. */
export async function recordTemplateStatus(
  on: TransactionSql,
  notices: readonly InboundNotice[],
): Promise<void> {
  const reported = notices.filter(({ kind, psid }) => kinds.has(kind) && psid === null);
  if (reported.length === 0) return;
  await on.unsafe(
    update,
    [
      textArray(reported.map((row) => row.pageFacebookId)),
      textArray(reported.map((row) => row.data)),
      plainArray(reported.map((row) => seconds(row.at))),
    ],
    { prepare: true },
  );
}
