import type { Fragment, TransactionSql } from "postgres";
import { beginRunning, endPlan, isPastBackOff, keepPlanning } from "../campaign_state/mod.ts";
import { zoneOf } from "../contacts/mod.ts";
import { ensureLanes, wakeCampaign } from "../delivery/mod.ts";
import { isWorkspaceOn } from "../workspaces/mod.ts";
import {
  publishCampaign,
  type CampaignRow,
  kindOf,
  readStored,
  stored,
  type StoredOptions,
  type CampaignDeps,
  readPlannedContents,
} from "../campaigns/mod.ts";
import { conditionOf, commenters, readRefusals } from "../campaign_draft/mod.ts";
import { backOff } from "./back_off.ts";
import { countPageHours, type OptimalHour, PageHours } from "./optimal_hour.ts";
import { insertRows, type Plan } from "./plan_rows.ts";

export interface PlanOptions {
  /** Contacts per transaction: as many as keep it well under a second. */
  chunk?: number;
}

type PlannedRow = Pick<
  CampaignRow,
  "id" | "kind" | "workspaceId" | "audience" | "draft" | "schedule" | "options" | "pageHours"
> & {
  /** In milliseconds since 1970. */
  expiresAt: number | null;
};

/** Contacts behind `after`, by id, up to `until`; null: to the last. */
interface Range {
  after: string;
  until: string | null;
}

/**
 * Writes the next range of one campaign into the ledger: a row per person, `queued`, or `skipped` with the reason.
 * Idempotent and restartable: the rows and the end of their range are one transaction, and a person has one row. Any
 * number of processes may plan, each its own range, and sending may start meanwhile. Returns whether there may be
 * more.
 */
export async function planSome(on: CampaignDeps, { chunk = 20_000 }: PlanOptions = {}): Promise<boolean> {
  const begun = await begin(on, chunk);
  if (begun) await publishCampaign(on, begun.workspace_id, begun.id);
  // The one that got its turn longest ago, so that a large one does not hold up the others.
  const rows = await on.sql<PlannedRow[]>`
    select c.id, c.kind, c.workspace_id as "workspaceId", c.audience, c.draft, c.schedule, c.options,
           (extract(epoch from c.expires_at) * 1000)::float8 as "expiresAt", c.page_hours as "pageHours"
    from messaging.campaigns c
    where c.status = 'running' and c.planned_at is null and c.kind <> 'sequence' and ${isPastBackOff(on.sql)}
      and ${isWorkspaceOn(on.sql, on.sql`c.workspace_id`)}
    order by c.updated_at limit 20`;
  for (const row of rows) {
    try {
      if (!(await planNext(on, row))) continue;
    } catch (error) {
      await backOff(on, { id: row.id, workspace_id: row.workspaceId, what }, error);
      continue;
    }
    on.wakeDelivery();
    return true;
  }
  return begun !== undefined;
}

const what = "plan";

/** Cuts the contacts of a launched campaign into ranges. It runs from now on, and is sent while it is being planned. */
async function begin(
  on: CampaignDeps,
  size: number,
): Promise<{ id: string; workspace_id: string } | undefined> {
  let chosen: { id: string; workspace_id: string } | undefined;
  const cut = on.sql.begin(async (tx) => {
    const [row] = await tx<
      { id: string; workspace_id: string; is_of_comments: boolean; has_optimal_hour: boolean }[]
    >`
      select c.id, c.workspace_id, c.audience ? 'commentsOn' as is_of_comments,
        c.options ? 'optimalHour' as has_optimal_hour
      from messaging.campaigns c
      where c.status = 'planning' and c.kind <> 'sequence' and ${isPastBackOff(on.sql)}
        and ${isWorkspaceOn(on.sql, on.sql`c.workspace_id`)}
      order by c.updated_at limit 1 for no key update skip locked`;
    if (!row) return undefined;
    chosen = row;
    await ensureAllLanes(tx, row.workspace_id);
    await tx`
      with recursive mark (id) as (
        select '00000000-0000-0000-0000-000000000000'::uuid
        union all
        select (
          select c.id from messaging.contacts c
          where c.workspace_id = ${row.workspace_id} and c.id > mark.id and not ${row.is_of_comments}
          order by c.id offset ${size - 1}::int8 limit 1) from mark where mark.id is not null)
      insert into messaging.campaign_ranges (campaign_id, after, until)
      select ${row.id}, id, lead(id) over (order by id) from mark where id is not null`;
    const pageHours = row.has_optimal_hour ? await countPageHours(tx, row.workspace_id) : null;
    await beginRunning(tx, { campaignId: row.id, pageHours });
    return row;
  });
  return await cut.catch(async (error: unknown) => {
    if (chosen === undefined) throw error;
    await backOff(on, { ...chosen, what }, error);
    return undefined;
  });
}

/** False when nothing of it is left that no other is at, or when it was stopped meanwhile. */
async function planNext(on: CampaignDeps, row: PlannedRow): Promise<boolean> {
  const kind = kindOf(row);
  const { audience, options, schedule } = readStored(row);
  const contents = await readPlannedContents(on.sql, { id: row.id, kind });
  const { reason } = await readRefusals(on.sql, {
    kind,
    workspaceId: row.workspaceId,
    contents,
    ignoreCap: options.ignoreCap === true,
  });
  const plan: Plan = {
    campaignId: row.id,
    workspaceId: row.workspaceId,
    kind,
    contents,
    reason,
    holdoutPercent: options.split?.holdoutPercent ?? 0,
    contactZone:
      schedule?.inContactZone === true && schedule.at !== undefined
        ? { at: Date.parse(schedule.at), zone: schedule.timezone ?? (await zoneOf(on.sql, row.workspaceId)) }
        : null,
    optimalHour: optimalHourOf(row, options),
  };
  const from =
    "commentsOn" in audience
      ? { commentsOn: audience.commentsOn, condition: null }
      : await conditionOf(on.sql, row.workspaceId, audience);
  return await on.sql
    .begin(async (tx) => {
      const range = await takeRange(tx, row.id);
      if (!range) return false;
      const contacts =
        from.condition === null
          ? commenters(tx, row.workspaceId, from.commentsOn)
          : contactsOf(tx, row.workspaceId, { condition: from.condition, range });
      await insertRows(tx, plan, contacts);
      // Lanes before the campaign's own row, as the claim takes them.
      await wakeCampaign(tx, { workspaceId: row.workspaceId, campaignId: row.id });
      // Paused or cancelled while it was being written: this range never was.
      if (!(await keepPlanning(tx, row.id))) throw new Abandoned();
      await endPlan(tx, row.id);
      return true;
    })
    .catch((error: unknown) => {
      if (error instanceof Abandoned) return false;
      throw error;
    });
}

function optimalHourOf({ expiresAt, pageHours }: PlannedRow, options: StoredOptions): OptimalHour | null {
  if (!options.optimalHour) return null;
  return {
    ...options.optimalHour,
    expiresAt,
    ignoresQuietHours: options.ignoreQuietHours === true,
    pageHours: stored(PageHours, pageHours, "hours"),
  };
}

class Abandoned extends Error {}

/** The next free range, locked unless this transaction fails. */
async function takeRange(tx: TransactionSql, campaignId: string): Promise<Range | undefined> {
  const [range] = await tx<Range[]>`
    delete from messaging.campaign_ranges
    where campaign_id = ${campaignId} and after = any (array(
      select after from messaging.campaign_ranges where campaign_id = ${campaignId}
      order by after limit 1 for update skip locked))
    returning after, until`;
  return range;
}

function contactsOf(
  tx: TransactionSql,
  workspaceId: string,
  { condition, range: { after, until } }: { condition: Fragment; range: Range },
): Fragment {
  return tx`from messaging.contacts c
    join messaging.pages p on p.workspace_id = c.workspace_id and p.id = c.page_id
    where c.workspace_id = ${workspaceId} and c.id > ${after}::uuid
      and ${until === null ? tx`true` : tx`c.id <= ${until}::uuid`} and ${condition}`;
}

async function ensureAllLanes(tx: TransactionSql, workspaceId: string): Promise<void> {
  const pages = await tx<{ id: string }[]>`
    select p.id from messaging.pages p
    where p.workspace_id = ${workspaceId}
      and not exists (select from messaging.lanes l where l.page_id = p.id and l.class = 'private_reply')
    order by p.id`;
  for (const { id: pageId } of pages) await ensureLanes(tx, { workspaceId, pageId });
}
