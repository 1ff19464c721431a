import type postgres from "postgres";
import { plainArray, seconds, textArray } from "#db";
import type { InboundNotice } from "./inbound_event.ts";

/** SQL: contacts by page and person, from the first two parameters. */
export const contacts = `unnest($1::text[], $2::text[]) with ordinality as t(page, psid, n)
  join messaging.pages as page on page.facebook_id = t.page and page.status <> 'disconnected'
  join messaging.contacts as c on c.page_id = page.id and c.psid = t.psid`;

// The first referral says where a person came from; `sourceDetail.at` remembers when that was.
const updateSources = `with came as (
  select c.workspace_id, c.id, c.page_id, i.source, i.detail::jsonb || jsonb_build_object('at', i.at) as detail, i.at,
    row_number() over (partition by c.id order by i.at, i.detail) as place
  from ${contacts}
  join unnest($3::text[], $4::text[], $5::float8[]) with ordinality as i(source, detail, at, n) on i.n = t.n
)
update messaging.contacts as c set source = came.source, source_detail = came.detail
from came
where came.place = 1 and c.workspace_id = came.workspace_id and c.id = came.id and c.page_id = came.page_id
  and (c.source_detail is null or c.source_detail -> 'at' is null or (c.source_detail ->> 'at')::float8 > came.at)`;

// The first message after a click may hold the window open for seven days; which comes first does not matter.
const updateAdWindows = `with click as (
  select c.workspace_id, c.id, c.page_id, max(i.at) as at, max(first.at) as first_at
  from ${contacts}
  join unnest($3::float8[]) with ordinality as i(at, n) on i.n = t.n
  left join lateral (select m.sent_at as at from messaging.messages as m
    where m.conversation_id = c.id and m.direction = 'in' and not m.is_partial and m.sent_at >= to_timestamp(i.at)
    order by m.sent_at limit 1) as first on true
  group by 1, 2, 3
)
update messaging.contacts as c
set ad_clicked_at = greatest(c.ad_clicked_at, to_timestamp(click.at)),
  ad_window_until = greatest(c.ad_window_until, click.first_at + interval '7 days')
from click where c.workspace_id = click.workspace_id and c.id = click.id and c.page_id = click.page_id`;

/** SQL: the newest click on an ad of the contact `c` until a moment. The webhooks' `sourceOf` knows one by the same. */
export const lastAdClick = (until: string): string => `(select e.at from messaging.events as e
  where e.conversation_id = c.id and e.kind = 'referral' and e.at <= ${until}
    and (upper(e.data ->> 'source') = 'ADS' or e.data ->> 'ad_id' is not null)
    and coalesce(e.data ->> 'type', '') not like 'LEAD%'
  order by e.at desc limit 1)`;

/** Sources of contacts, and the longer window after an ad. */
export async function recordSources(
  on: postgres.TransactionSql,
  notices: readonly InboundNotice[],
): Promise<void> {
  const came = notices.flatMap((row) =>
    row.source !== null && row.psid !== null ? [{ ...row, psid: row.psid, source: row.source }] : [],
  );
  const reported = came.filter((row) => row.source.source !== "organic");
  if (reported.length > 0)
    await on.unsafe(
      updateSources,
      [
        textArray(reported.map((row) => row.pageFacebookId)),
        textArray(reported.map((row) => row.psid)),
        textArray(reported.map((row) => row.source.source)),
        textArray(reported.map((row) => row.source.detail)),
        plainArray(reported.map((row) => row.at)),
      ],
      { prepare: true },
    );
  const clicks = came.filter((row) => row.source.isAd);
  if (clicks.length > 0)
    await on.unsafe(
      updateAdWindows,
      [
        textArray(clicks.map((row) => row.pageFacebookId)),
        textArray(clicks.map((row) => row.psid)),
        plainArray(clicks.map((row) => seconds(row.at))),
      ],
      { prepare: true },
    );
}
