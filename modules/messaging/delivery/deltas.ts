/**
 * SQL that writes what a statement changed into campaign_deltas, one row per campaign. `changed` names a list of that
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
