import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { Sql, TransactionSql } from "postgres";
import { orm } from "#db";
import { type ActivityAction, activityRows, relations } from "#auth";
import { campaignActions } from "#db/messaging";
import { decodeIdCursor, type PageQuery, pageOf } from "#std";
import { readCounted } from "./campaign_rows.ts";
import type { CampaignDeps } from "./deps.ts";
import type { CampaignAction, CampaignActionKind } from "./schema_approval.ts";

export interface NewAction {
  workspaceId: string;
  campaignId: string;
  action: CampaignActionKind;
  /** Null: it happened by itself. */
  userId: string | null;
  note?: string | null;
}

const activities: Partial<Record<CampaignActionKind, ActivityAction>> = {
  "approval-asked": "campaign.approval-requested",
  "approval-given": "campaign.approved",
  "approval-refused": "campaign.sent-back",
  launched: "campaign.launched",
  "launch-undone": "campaign.launch-undone",
  paused: "campaign.paused",
  resumed: "campaign.resumed",
  cancelled: "campaign.cancelled",
  resent: "campaign.failed-resent",
  "winner-chosen": "campaign.winner-chosen",
};

/**
 * Writes an action to the campaign's history, in the transaction of the action; likewise to the activity
 * log, without the note. `changed` has a row there of its own, with the changed fields.
 */
export async function recordAction(tx: Sql | TransactionSql, done: NewAction): Promise<void> {
  const { workspaceId, campaignId, action, userId, note = null } = done;
  const activity = userId === null ? undefined : activities[action];
  const recorded = activity
    ? tx`, recorded as (${activityRows(
        tx,
        { action: activity, workspaceId },
        {
          from: tx`messaging.campaigns c where c.workspace_id = ${workspaceId} and c.id = ${campaignId}`,
          id: tx`c.id`,
          name: tx`c.name`,
        },
      )})`
    : tx``;
  await tx`
    with action as (
      insert into messaging.campaign_actions (workspace_id, campaign_id, user_id, action, note)
      values (${workspaceId}, ${campaignId}, ${userId}, ${action}, ${note}))
    ${recorded}
    select 1`;
}

/** A campaign's history, newest first. */
export async function listActions(
  on: Pick<CampaignDeps, "sql">,
  workspaceId: string,
  { campaignId, limit = 50, cursor }: PageQuery & { campaignId: string },
): Promise<{ items: CampaignAction[]; nextCursor: string | null }> {
  await readCounted(on.sql, workspaceId, campaignId);
  const after = decodeIdCursor(cursor);
  const rows = await orm(on.sql)
    .select({
      id: campaignActions.id,
      action: campaignActions.action,
      userId: campaignActions.userId,
      userName: sql<
        string | null
      >`(select u.name from ${sql.raw(relations.users)} u where u.id = ${campaignActions.userId})`,
      note: campaignActions.note,
      at: campaignActions.at,
    })
    .from(campaignActions)
    .where(
      and(
        eq(campaignActions.campaignId, campaignId),
        after === null ? undefined : lt(campaignActions.id, after),
      ),
    )
    .orderBy(desc(campaignActions.id))
    .limit(limit + 1);
  const page = pageOf(rows, limit, ({ id }) => [id]);
  return {
    items: page.items.map(({ userId, userName, at, ...row }) => ({
      ...row,
      by: userId !== null && userName !== null ? { id: userId, name: userName } : null,
      at: at.toISOString(),
    })),
    nextCursor: page.nextCursor,
  };
}
