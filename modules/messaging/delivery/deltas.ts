/**
 * SQL that writes the changes of a statement into campaign_deltas, one row per campaign. `changed` names a list of that
 * statement (`with changed as (update … returning …)`) with the columns campaign_id, was and became: the states.
 *
 * Every transaction that changes the state of campaign rows writes its deltas, so that a campaign's counts plus its
 * deltas always equal the ledger.
 */
export const recordDeltas = `insert into messaging.campaign_deltas (campaign_id, counts)
  select campaign_id, jsonb_object_agg(state, change order by state) from (
    select campaign_id, state, sum(change)::int4 as change from (
      select campaign_id, was as state, -1 as change from changed where campaign_id is not null
      union all
      select campaign_id, became, 1 from changed where campaign_id is not null) step
    group by campaign_id, state having sum(change) <> 0) net
  group by campaign_id order by campaign_id`;

const countCreated = (counts: string) => `insert into messaging.campaign_deltas (campaign_id, counts)
  select campaign_id, ${counts} from (
    select campaign_id, state, count(*) as count from created group by campaign_id, state) states
  group by campaign_id order by campaign_id`;

/** SQL that counts new rows. `created` names a list of the statement with the columns campaign_id and state. */
export const recordCreated = countCreated("jsonb_object_agg(state, count)");

/** The same for the steps of sequences, of which no plan says how many there are to be. */
export const recordSteps = countCreated(
  "jsonb_object_agg(state, count) || jsonb_build_object('planned', sum(count))",
);

/**
 * SQL that writes failures which look like a mistake in the campaign itself, for its breakers. `r` has the columns id
 * and mistake ("code/subcode", or null), `changed` beside those of recordDeltas the id.
 */
export const recordMistakes = `insert into messaging.campaign_deltas (campaign_id, counts, errors)
  select campaign_id, '{}', jsonb_object_agg(mistake, count) from (
    select changed.campaign_id, r.mistake, count(*) from changed join r on r.id = changed.id
    where changed.campaign_id is not null and changed.became = 'failed' and r.mistake is not null
    group by 1, 2) alike
  group by campaign_id order by campaign_id`;

/**
 * SQL that counts opt-outs of the campaigns whose message was the last that these people got, within three days.
 * `changed` names a list with the columns id (of the contact), was and became: whether they are subscribed.
 */
export const recordOptOuts = `insert into messaging.campaign_deltas (campaign_id, counts)
  select last.campaign_id, jsonb_build_object('optedOut', count(*))
  from changed cross join lateral (
    select d.campaign_id from messaging.deliveries d
    where d.contact_id = changed.id and d.campaign_id is not null and d.state = 'sent'
      and d.settled_at > now() - interval '3 days'
    order by d.settled_at desc limit 1) last
  where changed.was and not changed.became
  group by last.campaign_id order by last.campaign_id`;

/** SQL that counts somebody's first click. `clicked` names a list with the column campaign_id, which may be null. */
export const recordClick = `insert into messaging.campaign_deltas (campaign_id, counts)
  select campaign_id, '{"clicked": 1}' from clicked where campaign_id is not null`;
