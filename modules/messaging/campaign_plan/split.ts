import type { Sql, TransactionSql } from "postgres";
import { wideRead } from "#db";
import { log, notFound } from "#std";
import { makeDue, outcomesSql, wakeCampaign } from "../delivery/mod.ts";
import { isWorkspaceOn } from "../workspaces/mod.ts";
import {
  type Actor,
  recordAction,
  publishCampaign,
  type CampaignRow,
  readCounted,
  kindOf,
  readStored,
  type CampaignDeps,
  type Goal,
  reachedSql,
  type Campaign,
  type Split,
  readPlannedContents,
} from "../campaigns/mod.ts";
import { heldVariant } from "./plan_rows.ts";
import { problem } from "./problems.ts";

const defaultSample = 100;
const chunk = 5_000;

/**
 * Chooses the winner of one split test whose time has come: the variant with the best share, once each has its sample,
 * or no more are to come. Gives whether it did.
 */
export async function decideSplits(on: CampaignDeps): Promise<boolean> {
  const rows = await on.sql<
    Pick<CampaignRow, "id" | "workspaceId" | "audience" | "draft" | "schedule" | "options">[]
  >`
    select id, workspace_id as "workspaceId", audience, draft, schedule, options from messaging.campaigns
    where status = 'running' and kind <> 'sequence' and planned_at is not null and options ? 'split'
      and options #>> '{split,winner}' is null
      and planned_at + make_interval(mins => (options #>> '{split,afterMinutes}')::int4) <= clock_timestamp()
      and ${isWorkspaceOn(on.sql, on.sql`workspace_id`)}
    order by planned_at limit 100`;
  for (const row of rows) {
    const { split, goal } = readStored(row).options;
    if (!split) continue;
    const winner = await findWinner(on, row.id, { split, goal }).catch((error: unknown) => {
      log.error("Cannot look for the winner of a split test; the others go on", {
        campaignId: row.id,
        error,
      });
      return null;
    });
    if (winner === null) continue;
    await storeWinner(on.sql, { workspaceId: row.workspaceId, campaignId: row.id, winner });
    await publishCampaign(on, row.workspaceId, row.id);
    return true;
  }
  return false;
}

interface VariantCounts {
  variant: number;
  sent: number;
  open: number;
  delivered: number;
  replied: number;
  clicked: number;
  reached: number;
}

async function findWinner(
  { sql }: Pick<CampaignDeps, "sql">,
  campaignId: string,
  { split: { winnerBy, minimumSample = defaultSample }, goal }: { split: Split; goal: Goal | undefined },
): Promise<number | null> {
  const { joins, delivered, replied, clicked } = outcomesSql(sql);
  const rows = await wideRead<VariantCounts>(
    sql,
    sql`
    select d.variant::int4, count(*) filter (where d.state = 'sent')::int4 as sent,
           count(*) filter (where d.state in ('queued', 'leased', 'sending', 'unknown'))::int4 as open,
           count(*) filter (where ${delivered})::int4 as delivered, count(*) filter (where ${replied})::int4 as replied,
           count(*) filter (where ${clicked})::int4 as clicked,
           count(*) filter (where ${reachedSql(sql, goal)})::int4 as reached
    from messaging.deliveries d ${joins}
    where d.campaign_id = ${campaignId} and d.step = 0 and d.variant <> ${heldVariant}
    group by 1 order by 1`,
  );
  const isReady = rows.every(({ sent, open }) => sent >= minimumSample || open === 0);
  if (!isReady) return null;
  const share = (row: VariantCounts) => (row.sent === 0 ? 0 : row[winnerBy] / row.sent);
  const [best] = rows.toSorted((a, b) => share(b) - share(a) || a.variant - b.variant);
  return best?.variant ?? 0;
}

/** Sends a variant to the waiting recipients, chosen by a person. Throws 409 if it is decided or over. */
export async function chooseWinner(
  on: CampaignDeps,
  workspaceId: string,
  { campaignId, variant, by }: { campaignId: string; variant: number; by: Actor },
): Promise<Campaign> {
  const { row } = await readCounted(on.sql, workspaceId, campaignId);
  const { variants, options } = readStored(row);
  if (!options.split) throw problem("split-missing", { name: row.name });
  if (variant >= variants.length) throw notFound("variant");
  await on.sql.begin(async (tx) => {
    if (!(await storeWinner(tx, { workspaceId, campaignId, winner: variant }))) {
      throw problem("split-decided", { name: row.name });
    }
    await recordAction(tx, { workspaceId, campaignId, action: "winner-chosen", userId: by.userId });
  });
  return await publishCampaign(on, workspaceId, campaignId);
}

async function storeWinner(
  sql: Sql | TransactionSql,
  { workspaceId, campaignId, winner }: { workspaceId: string; campaignId: string; winner: number },
): Promise<boolean> {
  const stored = await sql`
    update messaging.campaigns
    set options = jsonb_set(options, '{split}', options -> 'split' || jsonb_build_object('winner', ${winner}::int4,
          'decidedAt', to_char(clock_timestamp(), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))),
        updated_at = clock_timestamp()
    where workspace_id = ${workspaceId} and id = ${campaignId} and status in ('running', 'paused')
      and planned_at is not null and options ? 'split' and options #>> '{split,winner}' is null
    returning id`;
  return stored.length > 0;
}

/** Gives the winner to a chunk of those who waited for it. Gives whether there may be more. */
export async function releaseHeld(on: CampaignDeps): Promise<boolean> {
  const [row] = await on.sql<(Pick<CampaignRow, "id" | "kind" | "workspaceId"> & { winner: number })[]>`
    select c.id, c.kind, c.workspace_id as "workspaceId", (c.options #>> '{split,winner}')::int4 as winner
    from messaging.campaigns c
    where c.status in ('running', 'paused') and c.kind <> 'sequence' and c.options #>> '{split,winner}' is not null
      and exists (select from messaging.lanes l join messaging.deliveries d on d.page_id = l.page_id and d.class = l.class
        and d.campaign_id = c.id and d.state = 'queued' and d.due_at = 'infinity' where l.workspace_id = c.workspace_id)
    limit 1`;
  if (!row) return false;
  const contents = (await readPlannedContents(on.sql, { id: row.id, kind: kindOf(row) })).filter(
    ({ variant }) => variant === row.winner,
  );
  await on.sql.begin(async (tx) => {
    await makeDue(
      tx,
      tx`
      with content as materialized (
        select * from jsonb_to_recordset(${JSON.stringify(contents)}::jsonb)
          as v("pageId" uuid, "contentId" uuid, "laneClass" text)),
      -- Rows due at infinity are at the end of each lane's part of the index.
      held as materialized (
        select d.id, d.page_id from messaging.lanes l
        join messaging.deliveries d on d.page_id = l.page_id and d.class = l.class and d.campaign_id = ${row.id}
          and d.state = 'queued' and d.due_at = 'infinity'
        where l.workspace_id = ${row.workspaceId}
        limit ${chunk} for update of d skip locked)
      select held.id, ${row.winner}::int2 as variant, coalesce(own."contentId", shared."contentId") as content_id,
             coalesce(own."laneClass", shared."laneClass") as class
      from held
      join content shared on shared."pageId" is null
      left join content own on own."pageId" = held.page_id`,
    );
    await wakeCampaign(tx, { workspaceId: row.workspaceId, campaignId: row.id });
  });
  on.wakeDelivery();
  return true;
}
