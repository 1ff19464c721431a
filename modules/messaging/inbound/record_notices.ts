import type postgres from "postgres";
import { plainArray, seconds, textArray } from "#db";
import { pauseByThemselves } from "../campaign_state/mod.ts";
import type { InboundNotice } from "./inbound_event.ts";
import { recordTemplateStatus } from "./record_template_status.ts";

const insertEvents = `
insert into messaging.events (workspace_id, page_id, conversation_id, key, kind, data, at)
select page.workspace_id, page.id, c.id, i.key, i.kind, i.data::jsonb, to_timestamp(i.at)
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::float8[])
  as i(page, psid, key, kind, data, at)
join messaging.pages as page on page.facebook_id = i.page and page.status <> 'disconnected'
left join messaging.contacts as c on c.page_id = page.id and c.psid = i.psid
order by page.id, i.key
on conflict (page_id, key) do nothing returning key`;

/** Events of timelines and pages. */
export async function recordNotices(
  on: postgres.TransactionSql,
  notices: readonly InboundNotice[],
): Promise<void> {
  const fresh = await on.unsafe<{ key: string }[]>(
    insertEvents,
    [
      textArray(notices.map((row) => row.pageFacebookId)),
      textArray(notices.map((row) => row.psid)),
      textArray(notices.map((row) => row.key)),
      textArray(notices.map((row) => row.kind)),
      textArray(notices.map((row) => row.data)),
      plainArray(notices.map((row) => seconds(row.at))),
    ],
    { prepare: true },
  );
  await recordTemplateStatus(on, notices);
  const standings = notices.flatMap(({ pageFacebookId, at, pageNews }) =>
    pageNews?.restriction || pageNews?.limits !== undefined ? [{ pageFacebookId, at, ...pageNews }] : [],
  );
  if (standings.length > 0)
    await on.unsafe(
      storeStandings,
      [
        textArray(standings.map((row) => row.pageFacebookId)),
        plainArray(standings.map((row) => row.restriction !== undefined)),
        textArray(standings.map((row) => row.restriction?.reason ?? null)),
        plainArray(standings.map((row) => seconds(row.restriction?.until ?? null))),
        textArray(standings.map((row) => row.limits ?? null)),
        plainArray(standings.map((row) => seconds(row.at))),
      ],
      { prepare: true },
    );
  // A repeated notice is not new: a member may have handled it and resumed.
  const news = new Set(fresh.map(({ key }) => key));
  const warnings = notices.filter((row) => row.pageNews?.warning !== undefined && news.has(row.key));
  if (warnings.length > 0) await pauseWarned(on, warnings);
}

// Replies continue: Meta has not restricted the page yet, and its warning is not about replies.
async function pauseWarned(on: postgres.TransactionSql, warnings: readonly InboundNotice[]): Promise<void> {
  await pauseByThemselves(
    on,
    on`
    select distinct on (k.id) k.id, concat(i.reason, ' ("', page.name,
      '"). Check the page''s Support Inbox on Facebook before you resume it') as reason
    from unnest(${warnings.map((row) => row.pageFacebookId)}::text[],
      ${warnings.map((row) => row.pageNews?.warning ?? null)}::text[]) as i(page, reason)
    join messaging.pages as page on page.facebook_id = i.page and page.status <> 'disconnected'
    join messaging.campaigns as k on k.workspace_id = page.workspace_id and k.status = 'running'
    where (select true from messaging.deliveries as d where d.campaign_id = k.id and d.page_id = page.id
      and d.state = 'queued' order by d.class, d.due_at, d.id limit 1)
    order by k.id`,
  );
}

// Meta's newest notice about the page counts, in any order of arrival. A rejected token stays until the owner reconnects.
const storeStandings = `with told as (
  select page.id, i.decides, i.reason, to_timestamp(i.until) as until, i.limits::jsonb as limits, to_timestamp(i.at) as at,
    row_number() over (partition by page.id order by i.at desc, i.reason nulls last) as place
  from unnest($1::text[], $2::bool[], $3::text[], $4::float8[], $5::text[], $6::float8[])
    as i(page, decides, reason, until, limits, at)
  join messaging.pages as page on page.facebook_id = i.page and page.status in ('connected', 'restricted')
)
update messaging.pages as p
set status = case when not told.decides then p.status when told.reason is null then 'connected' else 'restricted' end,
  status_reason = case when not told.decides then p.status_reason else told.reason end,
  restricted_until = case when not told.decides then p.restricted_until when told.reason is not null then told.until end,
  restrictions = coalesce(told.limits, p.restrictions)
from told
where told.place = 1 and p.id = told.id and p.status in ('connected', 'restricted')
  and not exists (select from messaging.events as e where e.page_id = p.id and e.at > told.at
    and ((e.kind = 'policy_enforcement' and e.data ->> 'action' in ('block', 'unblock'))
      or e.kind in ('business_integrity', 'messaging_integrity')))`;
