import type { Fragment, Sql, TransactionSql } from "postgres";
import { activityRows } from "#auth";
import type { CampaignRef } from "../campaign_state/mod.ts";
import type { CampaignRow } from "../campaigns/mod.ts";

/** The editable properties of a campaign, as columns. */
export interface WrittenColumns {
  name: string;
  kind: CampaignRow["kind"];
  audience: object;
  draft: object;
  options: object;
  schedule: object | null;
  speedPerSecond: number | null;
  expiresAt: Date | null;
}

export interface Rewriting extends WrittenColumns {
  /** The row as it was read: later changes are not overwritten. */
  row: CampaignRow;
  dueAt: Date | null;
  userId: string;
  /** Whether the change waits for an approval; one that a draft had is gone. */
  asks: Fragment;
}

/** Rewrites a draft or a scheduled campaign. Null: it was saved or started concurrently. */
export async function rewriteDraft(
  tx: TransactionSql,
  { row, dueAt, userId, asks, ...written }: Rewriting,
): Promise<{ isAsked: boolean; hadApproval: boolean } | null> {
  const [changed] = await tx<{ isAsked: boolean; hadApproval: boolean }[]>`
    update messaging.campaigns
    set name = ${written.name}, kind = ${written.kind}, audience = ${JSON.stringify(written.audience)}::jsonb,
        draft = ${JSON.stringify(written.draft)}::jsonb, options = ${JSON.stringify(written.options)}::jsonb,
        schedule = ${written.schedule === null ? null : JSON.stringify(written.schedule)}::jsonb,
        speed_per_second = ${written.speedPerSecond}, expires_at = ${written.expiresAt?.toISOString() ?? null}::timestamptz,
        due_at = ${dueAt?.toISOString() ?? null}::timestamptz, updated_at = clock_timestamp(),
        approval = case when ${asks} then 'asked' when status = 'draft' and approval = 'given' then null else approval end,
        approval_asked_by = case when ${asks} then ${userId}::uuid else approval_asked_by end,
        approval_at = case when ${asks} then clock_timestamp() else approval_at end
    where workspace_id = ${row.workspaceId} and id = ${row.id} and status = ${row.status}
      and date_trunc('milliseconds', updated_at) = ${row.updatedAt.toISOString()}::timestamptz
    returning new.approval = 'asked' and old.approval is distinct from 'asked' as "isAsked",
              coalesce(old.approval = 'given', false) as "hadApproval"`;
  return changed ?? null;
}

/** Puts a campaign into the archive unless it may still send, or takes it out. */
export async function storeArchived(
  sql: Sql,
  { workspaceId, campaignId, isArchived }: CampaignRef & { isArchived: boolean },
): Promise<boolean> {
  const done = await sql`
    with done as (
      update messaging.campaigns set archived_at = case when ${isArchived} then coalesce(archived_at, now()) end
      where workspace_id = ${workspaceId} and id = ${campaignId}
        and (status in ('draft', 'completed', 'cancelled') or not ${isArchived})
      returning id, name),
    recorded as (${activityRows(
      sql,
      { action: isArchived ? "campaign.archived" : "campaign.unarchived", workspaceId },
      { from: sql`done`, id: sql`id`, name: sql`name` },
    )})
    select id from done`;
  return done.length > 0;
}

/**
 * Requests approval of a draft, or of an operator's change to a scheduled campaign, unless it is requested or given.
 */
export async function storeAsked(
  tx: TransactionSql,
  { workspaceId, campaignId, userId }: CampaignRef & { userId: string },
): Promise<boolean> {
  const asked = await tx`
    update messaging.campaigns
    set approval = 'asked', approval_asked_by = ${userId}, approval_decided_by = null,
        approval_at = clock_timestamp(), approval_note = null, updated_at = clock_timestamp()
    where workspace_id = ${workspaceId} and id = ${campaignId} and status in ('draft', 'scheduled')
      and coalesce(approval, 'refused') = 'refused' and (status = 'draft' or approval is not null)
    returning id`;
  return asked.length > 0;
}

export interface Decision extends CampaignRef {
  approval: "given" | "refused";
  userId: string;
  note: string | null;
  /** When it goes on; null: as it is. */
  dueAt: string | null;
  /** Over the campaign's columns: whether it may still be decided so. */
  where: Fragment;
}

/** Stores a manager's decision about a draft or a scheduled campaign. Null: there is nothing to decide. */
export async function storeDecision(
  tx: TransactionSql,
  { workspaceId, campaignId, approval, userId, note, dueAt, where }: Decision,
): Promise<{ createdBy: string | null; askedBy: string | null } | null> {
  const [decided] = await tx<{ createdBy: string | null; askedBy: string | null }[]>`
    update messaging.campaigns
    set approval = ${approval}, approval_decided_by = ${userId}, approval_at = clock_timestamp(), approval_note = ${note},
        updated_at = clock_timestamp(), due_at = coalesce(${dueAt}::timestamptz, due_at)
    where workspace_id = ${workspaceId} and id = ${campaignId} and status in ('draft', 'scheduled') and ${where}
    returning created_by as "createdBy", approval_asked_by as "askedBy"`;
  return decided ?? null;
}
