import type { Fragment, TransactionSql } from "postgres";
import { ensureLanes, wakeCampaign } from "../delivery/lanes.ts";
import { publishCampaign } from "./campaign_live.ts";
import type { CampaignRow } from "./campaign_rows.ts";
import { kindOf, readStored } from "./campaign_view.ts";
import type { CampaignDeps } from "./deps.ts";
import { conditionOf } from "./draft_check.ts";
import { zoneOf } from "./launch.ts";
import { commenters, insertRows, type Plan } from "./plan_rows.ts";
import { readRefusals } from "./refusals.ts";
import { readPlannedContents } from "./variants.ts";

export interface PlanOptions {
  /** People per transaction: as many as keep it well under a second. */
  chunk?: number;
}

type PlannedRow = Pick<
  CampaignRow,
  "id" | "kind" | "workspaceId" | "audience" | "draft" | "schedule" | "options" | "plannedUntil"
>;

/**
 * Writes the next chunk of one campaign into the ledger: a row for each person, `queued`, or `skipped` with the reason.
 * Idempotent and restartable: a chunk and its mark are one transaction, and nobody has two rows. What is planned may be
 * sent while the rest is being planned. Several processes share the campaigns. Gives whether there may be more.
 */
export async function planSome(on: CampaignDeps, { chunk = 20_000 }: PlanOptions = {}): Promise<boolean> {
  // The one that got its turn longest ago, so that a large one does not hold up the others.
  const rows = await on.sql<PlannedRow[]>`
    select c.id, c.kind, c.workspace_id as "workspaceId", c.audience, c.draft, c.schedule, c.options,
           c.planned_until as "plannedUntil"
    from messaging.campaigns c
    where c.status in ('planning', 'running') and c.planned_at is null and c.kind <> 'sequence'
    order by c.updated_at limit 20`;
  for (const row of rows) {
    const planned = await planChunk(on, row, chunk);
    if (planned === "busy") continue;
    on.wakeDelivery();
    if (row.plannedUntil === null) await publishCampaign(on, row.workspaceId, row.id);
    return true;
  }
  return false;
}

async function planChunk(on: CampaignDeps, row: PlannedRow, size: number): Promise<"planned" | "busy"> {
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
  };
  const from =
    "commentsOn" in audience
      ? { commentsOn: audience.commentsOn, condition: null }
      : await conditionOf(on.sql, row.workspaceId, audience);
  return await on.sql
    .begin(async (tx) => {
      if (!(await isOurTurn(tx, row))) return "busy" as const;
      if (row.plannedUntil === null) await ensureAllLanes(tx, row.workspaceId);
      const { until, isLast } =
        from.condition === null
          ? await planCommenters(tx, plan, from.commentsOn)
          : await planContacts(tx, plan, { condition: from.condition, after: row.plannedUntil, size });
      // Lanes before the campaign's own row, as the claim takes them.
      await wakeCampaign(tx, { workspaceId: row.workspaceId, campaignId: row.id });
      const marked = await tx`
      update messaging.campaigns
      set status = 'running', status_at = case when status = 'planning' then clock_timestamp() else status_at end,
          planned_until = coalesce(${until}::uuid, planned_until), updated_at = clock_timestamp(),
          planned_at = case when ${isLast} then clock_timestamp() end
      where id = ${row.id} and status in ('planning', 'running') and planned_at is null returning id`;
      // Paused or cancelled while it was being written: this chunk never was.
      if (marked.length === 0) throw new Abandoned();
      return "planned" as const;
    })
    .catch((error: unknown) => {
      if (error instanceof Abandoned) return "busy" as const;
      throw error;
    });
}

interface Written {
  /** Everybody up to this contact is planned. */
  until: string | null;
  isLast: boolean;
}

async function planCommenters(
  tx: TransactionSql,
  plan: Plan,
  commentsOn: Parameters<typeof commenters>[2],
): Promise<Written> {
  await insertRows(tx, plan, commenters(tx, plan.workspaceId, commentsOn));
  return { until: null, isLast: true };
}

// Where an audience is thin, a transaction looks through so many stretches of contacts for its people.
const mostStretches = 10;

/** Stretches of contacts by id, each a range of the index, until enough of them belong to the audience. */
async function planContacts(
  tx: TransactionSql,
  plan: Plan,
  { condition, after, size }: { condition: Fragment; after: string | null; size: number },
): Promise<Written> {
  const { workspaceId } = plan;
  let until = after;
  let count = 0;
  for (let stretch = 0; stretch < mostStretches && count < size / 2; stretch += 1) {
    const from = until;
    const isAfter = (id: Fragment) => (from === null ? tx`true` : tx`${id} > ${from}::uuid`);
    const [last] = await tx<{ id: string }[]>`
      select c.id from messaging.contacts c where c.workspace_id = ${workspaceId} and ${isAfter(tx`c.id`)}
      order by c.id offset ${size - 1} limit 1`;
    count += await insertRows(
      tx,
      plan,
      tx`from messaging.contacts c
         join messaging.pages p on p.workspace_id = c.workspace_id and p.id = c.page_id
         where c.workspace_id = ${workspaceId} and ${isAfter(tx`c.id`)}
           and ${last ? tx`c.id <= ${last.id}::uuid` : tx`true`} and ${condition}`,
    );
    if (!last) return { until, isLast: true };
    until = last.id;
  }
  return { until, isLast: false };
}

class Abandoned extends Error {}

/** No other process writes this chunk, or has written it since the campaign was read; until the transaction ends. */
async function isOurTurn(tx: TransactionSql, { id, plannedUntil }: PlannedRow): Promise<boolean> {
  const [lock] = await tx<{ is_ours: boolean }[]>`
    select pg_try_advisory_xact_lock(hashtextextended(${`plan:${id}`}, 0)) as is_ours`;
  if (!lock?.is_ours) return false;
  const [row] = await tx`select 1 as found from messaging.campaigns
    where id = ${id} and planned_at is null and planned_until is not distinct from ${plannedUntil}::uuid`;
  return row !== undefined;
}

async function ensureAllLanes(tx: TransactionSql, workspaceId: string): Promise<void> {
  const pages = await tx<{ id: string }[]>`
    select p.id from messaging.pages p
    where p.workspace_id = ${workspaceId}
      and not exists (select from messaging.lanes l where l.page_id = p.id and l.class = 'private_reply')
    order by p.id`;
  for (const { id: pageId } of pages) await ensureLanes(tx, { workspaceId, pageId });
}
