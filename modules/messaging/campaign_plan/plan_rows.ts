import type { Fragment, TransactionSql } from "postgres";
import { instantOf, readZone, wallTimeOf } from "#std";
import { recordCreated } from "../delivery/mod.ts";
import { windowSql } from "../policy/mod.ts";
import { type OptimalHour, optimalHourSql } from "./optimal_hour.ts";
import { psidOf } from "../campaign_draft/mod.ts";
import type { CampaignKind, PlannedContent } from "../campaigns/mod.ts";

/** Contacts held back for a split test's winner have no variant yet. */
export const heldVariant = -1;

/** The common data of a plan's rows. */
export interface Plan {
  campaignId: string;
  workspaceId: string;
  kind: CampaignKind;
  contents: readonly PlannedContent[];
  /** Over `c`, `p` and `k`: why a person gets nothing; null: they get it. */
  reason: Fragment;
  holdoutPercent: number;
  /** Each person gets it when their own clocks show what those of `zone` show `at` this moment. */
  contactZone: { at: number; zone: string } | null;
  optimalHour: OptimalHour | null;
}

/** Inserts a row for each of `people` (the `from` of a query), and the change of the counts. */
export async function insertRows(tx: TransactionSql, plan: Plan, contacts: Fragment): Promise<void> {
  // Another campaign may answer a comment first. A person's second row would be a mistake of ours: the key refuses it,
  // and "on conflict" would cost a fifth of the time.
  const isOfComments = plan.kind === "private_reply";
  const due = await dueTimesOf(tx, plan, contacts);
  const share = sharesOf(tx, plan);
  // Each row is made of a contact that is locked as the check of its foreign key would lock it, and has no other.
  if (!isOfComments) await leaveOutChecks(tx);
  // Thousands of people, and each condition and range another share of them: a plan for any of them would look for the
  // people of each page anew.
  await tx`set local plan_cache_mode = force_custom_plan`;
  await tx`
    with person as materialized (
      select c.id as contact_id, p.id as page_id, ${psidOf(tx, plan.kind)} as psid,
             ${isOfComments ? tx`k.id` : tx`null::uuid`} as comment_id, c.timezone, ${plan.reason} as reason,
             ${plan.kind === "window" && plan.optimalHour ? windowSql(tx).openUntil : tx`null::timestamptz`} as closes_at
      ${contacts} ${isOfComments ? tx`` : tx`for key share of c`}),
    content as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(plan.contents)}::jsonb)
        as v(variant int, "pageId" uuid, "contentId" uuid, "laneClass" text, low int, high int)),
    ${due.ctes}
    timed as (
      select one.*, ${due.at} as due_at,
             -- A window may open until then: the claim asks again, and nobody is left out for it now.
             case when ${due.isSet} and one.reason in ('never-wrote', 'window-closed', 'capped') then null
                  else one.reason end as final_reason
      from person one ${due.join}),
    ${share.ctes}
    placed as (
      select one.*, shared.variant, coalesce(own."contentId", shared."contentId") as content_id,
             coalesce(own."laneClass", shared."laneClass") as class
      from ${share.from} one
      join content shared on shared."pageId" is null and one.share >= shared.low and one.share < shared.high
      left join content own on own."pageId" = one.page_id and own.variant = shared.variant),
    created as (
      insert into messaging.deliveries (workspace_id, page_id, contact_id, psid, comment_id, class, content_id,
        campaign_id, variant, state, reason, due_at, settled_at)
      select ${plan.workspaceId}, page_id, contact_id, psid, comment_id, class, content_id, ${plan.campaignId},
             case when is_held and final_reason is null then ${heldVariant} else variant end,
             case when final_reason is null then 'queued' else 'skipped' end, final_reason,
             case when is_held then 'infinity' else due_at end, case when final_reason is not null then now() end
      from placed
      ${isOfComments ? tx`on conflict do nothing` : tx``}
      returning campaign_id, state)
    ${tx.unsafe(recordCreated)}`;
}

/**
 * How the rows of a range are shared out, as parts of the query: `share` from 0 to 100 is a place among the variants.
 */
interface Shares {
  ctes: Fragment;
  from: Fragment;
}

/**
 * Puts the contacts of a range who get the message in a row, by a number that each has in this campaign, and cuts the
 * row into the group that waits for a winner and the variants: each part is off by less than one contact. Where the
 * cuts fall within one contact comes from the first number, so that many ranges are not off the same way.
 */
function sharesOf(tx: TransactionSql, { campaignId, contents, holdoutPercent }: Plan): Shares {
  const isWhole = holdoutPercent === 0 && contents.every(({ variant }) => variant === 0);
  if (isWhole) return { ctes: tx``, from: tx`(select timed.*, 0 as share, false as is_held from timed)` };
  const held = tx`${holdoutPercent}::float8 * total / 100 - shift`;
  return {
    ctes: tx`
    numbered as (
      select timed.*, hashtextextended(psid || ${campaignId}, 0) as number from timed),
    ranked as (
      select numbered.*, row_number() over in_row - 1 as place, count(*) over (partition by final_reason is null) as total,
             abs(first_value(number) over in_row % 10000) / 10000::float8 as shift
      from numbered window in_row as (partition by final_reason is null order by number)),
    divided as (
      select ranked.*, place < ${held} as is_held, greatest(0, ceil(${held})) as held from ranked),
    shared_out as (
      select divided.*, case when is_held then 0 else (place - held + shift) * 100 / (total - held) end as share
      from divided),`,
    // In the order of the ledger's keys again: their indexes take rows in a row for a third of the cost.
    from: tx`(select * from shared_out order by page_id, contact_id, comment_id)`,
  };
}

/**
 * Skips the checks of foreign keys until the end of the transaction: they are a third of the cost of a plan
 * costs Postgres. A database user who may not leave them out has them.
 */
async function leaveOutChecks(tx: TransactionSql): Promise<void> {
  await tx`select set_config('session_replication_role', 'replica', true)
    where has_parameter_privilege('session_replication_role', 'SET')`;
}

/** When each person gets it, as parts of the query. */
interface DueTimes {
  ctes: Fragment;
  join: Fragment;
  at: Fragment;
  /** Whether a time was given. */
  isSet: Fragment;
}

async function dueTimesOf(tx: TransactionSql, plan: Plan, contacts: Fragment): Promise<DueTimes> {
  if (plan.optimalHour !== null)
    return {
      ...(await optimalHourSql(tx, { ...plan, contacts, optimalHour: plan.optimalHour })),
      isSet: tx`false`,
    };
  if (plan.contactZone === null) return { ctes: tx``, join: tx``, at: tx`now()`, isSet: tx`false` };
  const times = await zoneTimes(tx, plan.contactZone, contacts);
  return {
    ctes: tx`due as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(times)}::jsonb) as d(zone text, at timestamptz)),`,
    join: tx`left join due on due.zone = coalesce(one.timezone, '')`,
    at: tx`coalesce(due.at, now())`,
    isSet: tx`due.at > now()`,
  };
}

/** When each zone's clocks show the time. Those of every zone that these people live in are read once. */
async function zoneTimes(
  tx: TransactionSql,
  contactZone: { at: number; zone: string },
  contacts: Fragment,
): Promise<{ zone: string; at: string }[]> {
  const wall = wallTimeOf(contactZone.at, contactZone.zone);
  const zones = await tx<{ zone: string }[]>`
    select distinct coalesce(timezone, '') as zone from (select c.timezone ${contacts}) those`;
  return zones.map(({ zone }) => ({
    zone,
    at: new Date(instantOf(wall, readZone(zone) ?? contactZone.zone)).toISOString(),
  }));
}
