import type postgres from "postgres";
import { enqueueJobs, plainArray, seconds, textArray } from "#db";
import { confirmConsentJob } from "../contacts/mod.ts";
import { recordOptOuts } from "../delivery/mod.ts";
import type { InboundBatch } from "./inbound_batch.ts";
import { contacts } from "./record_contact_facts.ts";

// Taken first, so that the second of two batches about one person sees the first one's rows.
const lockContacts = `select 1 from (
  select distinct c.workspace_id, c.id, c.page_id, c.psid from ${contacts}) as told
join messaging.contacts as c
  on c.workspace_id = told.workspace_id and c.id = told.id and c.page_id = told.page_id
order by c.page_id, c.psid for no key update of c`;

const storeTopics = `insert into messaging.topic_consents as t
  (workspace_id, page_id, contact_id, topic, stopped, reason, at)
select distinct on (c.id, i.topic) c.workspace_id, c.page_id, c.id, i.topic, not i.subscribed, i.reason, to_timestamp(i.at)
from ${contacts}
join unnest($3::bool[], $4::text[], $5::float8[], $6::text[]) with ordinality
  as i(subscribed, reason, at, topic, n) on i.n = t.n
order by c.id, i.topic, i.at desc, i.subscribed, i.reason
on conflict (contact_id, topic) do update
  set stopped = excluded.stopped, reason = excluded.reason, at = excluded.at
where excluded.at > t.at or (excluded.at = t.at and excluded.stopped and not t.stopped)`;

// The consent as a whole is that of the contact, or lies beneath the stop of a topic. The newest word on it counts; a
// yes is overruled by a topic that was stopped after it and not resumed. Both are kept with their times, so that the
// same words give the same consent in any order. An opt-out says something about the campaign that wrote
// last.
const updateConsent = `with said as (
  select c.id, i.subscribed, i.reason, to_timestamp(i.at) as at,
    row_number() over (partition by c.id order by i.at desc, i.subscribed, i.reason) as place
  from ${contacts} join unnest($3::bool[], $4::text[], $5::float8[]) with ordinality
    as i(subscribed, reason, at, n) on i.n = t.n
  where i.subscribed is not null
), known as (
  select distinct c.workspace_id, c.id, c.page_id, c.subscribed or held.by_topic as subscribed,
    case when held.by_topic then c.consent_reason else c.subscription_reason end as reason,
    case when held.by_topic then c.consent_at else c.subscription_at end as at
  from ${contacts}
  cross join lateral (select not c.subscribed and coalesce(c.topic_stopped_at = c.subscription_at, false)) as held(by_topic)
), whole as (
  select k.workspace_id, k.id, k.page_id, word.*
  from known as k left join said on said.id = k.id and said.place = 1
    and (k.at is null or said.at > k.at or (said.at = k.at and k.subscribed and not said.subscribed))
  cross join lateral (select case when said.id is null then k.subscribed else said.subscribed end as subscribed,
    case when said.id is null then k.reason else said.reason end as reason,
    case when said.id is null then k.at else said.at end as at) as word
), became as (
  select whole.*, stop.at as stopped_at, stop.reason as stop_reason
  from whole left join lateral (select t.at, t.reason from messaging.topic_consents as t
    where whole.subscribed and t.contact_id = whole.id and t.stopped and (whole.at is null or t.at >= whole.at)
    order by t.at desc, t.reason limit 1) as stop on true
), changed as (
  update messaging.contacts as c
  set subscribed = b.subscribed and b.stopped_at is null, subscription_reason = coalesce(b.stop_reason, b.reason),
    subscription_at = coalesce(b.stopped_at, b.at), topic_stopped_at = b.stopped_at,
    consent_reason = case when b.stopped_at is not null then b.reason end,
    consent_at = case when b.stopped_at is not null then b.at end
  from became as b
  where c.workspace_id = b.workspace_id and c.id = b.id and c.page_id = b.page_id
    and (c.subscribed, c.subscription_reason, c.subscription_at, c.topic_stopped_at, c.consent_reason, c.consent_at)
      is distinct from (b.subscribed and b.stopped_at is null, coalesce(b.stop_reason, b.reason),
        coalesce(b.stopped_at, b.at), b.stopped_at, case when b.stopped_at is not null then b.reason end,
        case when b.stopped_at is not null then b.at end)
  returning c.id, old.subscribed as was, new.subscribed as became
)
${recordOptOuts}`;

// Entries of the person's earlier opt-out; entries of members stay.
const liftSuppressions = `
delete from messaging.suppressions as s
using ${contacts} join unnest($3::float8[]) with ordinality as i(at, n) on i.n = t.n
where s.page_id = c.page_id and s.psid = c.psid and s.reason in ('stop', 'deleted')
  and c.subscribed and s.created_at < to_timestamp(i.at)`;

// Confirm only a keyword that counts now, and only after a recent message.
const findConfirmed = `select distinct c.workspace_id as "workspaceId", c.id as "contactId", c.subscription_at::text as at
from ${contacts}
join unnest($3::bool[], $4::float8[]) with ordinality as i(subscribed, at, n) on i.n = t.n
join messaging.sending_rules as r on r.workspace_id = c.workspace_id
where c.subscribed = i.subscribed and c.subscription_at = to_timestamp(i.at)
  and to_timestamp(i.at) > greatest(clock_timestamp() - interval '10 min', page.created_at)
  and case when i.subscribed then r.start_reply else r.stop_reply end is not null`;

/**
 * Consent follows the newest word of the person, on all messages and on each topic; at the same moment, no means no.
 */
export async function recordConsents(
  on: postgres.TransactionSql,
  consents: InboundBatch["consents"],
): Promise<void> {
  const contactsOf = (rows: readonly { pageFacebookId: string; psid: string }[]) => [
    textArray(rows.map((row) => row.pageFacebookId)),
    textArray(rows.map((row) => row.psid)),
  ];
  await on.unsafe(lockContacts, contactsOf(consents), { prepare: true });
  const topics = consents.flatMap(({ topics = [], ...row }) => topics.map((topic) => ({ ...row, topic })));
  if (topics.length > 0)
    await on.unsafe(
      storeTopics,
      [
        ...contactsOf(topics),
        plainArray(topics.map((row) => row.subscribed)),
        textArray(topics.map((row) => row.reason)),
        plainArray(topics.map((row) => seconds(row.at))),
        textArray(topics.map((row) => row.topic)),
      ],
      { prepare: true },
    );
  const isWhole = (row: (typeof consents)[number]) => row.topics === undefined;
  await on.unsafe(
    updateConsent,
    [
      ...contactsOf(consents),
      plainArray(consents.map((row) => (isWhole(row) ? row.subscribed : null))),
      textArray(consents.map((row) => row.reason)),
      plainArray(consents.map((row) => seconds(row.at))),
    ],
    { prepare: true },
  );
  const renewed = consents.filter((row) => row.subscribed && isWhole(row));
  if (renewed.length > 0)
    await on.unsafe(
      liftSuppressions,
      [...contactsOf(renewed), plainArray(renewed.map((row) => seconds(row.at)))],
      { prepare: true },
    );
  const words = consents.filter((row) => row.isWord);
  if (words.length === 0) return;
  const confirmed = await on.unsafe<{ workspaceId: string; contactId: string; at: string }[]>(
    findConfirmed,
    [
      ...contactsOf(words),
      plainArray(words.map((row) => row.subscribed)),
      plainArray(words.map((row) => seconds(row.at))),
    ],
    { prepare: true },
  );
  await enqueueJobs(
    on,
    confirmed.map((payload) => ({ kind: confirmConsentJob, key: payload.contactId, payload })),
  );
}
