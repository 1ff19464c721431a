import type { Fragment, Sql, TransactionSql } from "postgres";
import { rolesWith } from "#auth";
import { type Problem } from "#std";
import { completeScheduled } from "../campaign_state/mod.ts";
import { zoneOf } from "../contacts/mod.ts";
import { notify, publishNotified } from "../notifications/mod.ts";
import {
  type Actor,
  recordAction,
  publishCampaign,
  type CampaignRow,
  readCounted,
  readStored,
  type CampaignDeps,
  afterStandstill,
  type Campaign,
} from "../campaigns/mod.ts";
import { checkStored } from "./draft_check.ts";
import { storeAsked, storeDecision } from "./draft_store.ts";
import { problem } from "./problems.ts";

/** The approvers, who are notified of requests. */
export const approvers = rolesWith("campaigns:send");

/** Whether this workspace's operators need a manager's approval for campaigns; yes by default. */
export function needsApprovalSql(sql: Sql | TransactionSql, workspaceId: string): Fragment {
  return sql`coalesce((select r.operators_need_approval from messaging.sending_rules r
    where r.workspace_id = ${workspaceId}), true)`;
}

/**
 * Asks the managers for their approval of a complete draft. Throws 409 approval-asked, and what `launch` throws of a
 * draft.
 */
export async function askApproval(
  on: CampaignDeps,
  workspaceId: string,
  { campaignId, by }: { campaignId: string; by: Actor },
): Promise<Campaign> {
  const { row } = await readCounted(on.sql, workspaceId, campaignId);
  await checkStored(on, workspaceId, row);
  const notified = await on.sql.begin(async (tx) => {
    if (!(await storeAsked(tx, { workspaceId, campaignId, userId: by.userId }))) {
      throw problem("approval-asked", { name: row.name });
    }
    await recordAction(tx, { workspaceId, campaignId, action: "approval-asked", userId: by.userId });
    return await notifyApprovers(tx, workspaceId, { campaignId, by });
  });
  await publishNotified(on, workspaceId, notified);
  return await publishCampaign(on, workspaceId, campaignId);
}

/** Notifies the approvers of a request. Returns the notified members. */
export async function notifyApprovers(
  tx: TransactionSql,
  workspaceId: string,
  { campaignId, by }: { campaignId: string; by: Actor },
): Promise<string[]> {
  const kind = "approval-asked";
  return await notify(tx, {
    workspaceId,
    campaignId,
    kind,
    roles: approvers,
    exceptUserId: by.userId,
  });
}

/**
 * Approves a campaign as it was read at `updatedAt`. One that waits for its time and recurs goes on with its next
 * occurrence. Throws 409 approval-changed, approval-not-asked, and of a draft what `launch` would throw.
 */
export async function approve(
  on: CampaignDeps,
  workspaceId: string,
  { campaignId, by, updatedAt }: { campaignId: string; by: Actor; updatedAt: string },
): Promise<Campaign> {
  const { row } = await readCounted(on.sql, workspaceId, campaignId);
  if (row.status === "draft" && row.approval !== null) await checkStored(on, workspaceId, row);
  const clocks = { now: on.clock(), zone: await zoneOf(on.sql, workspaceId) };
  return await decide(on, row, {
    by,
    action: "approval-given",
    note: null,
    goesOn: row.status === "scheduled" ? afterStandstill(readStored(row).schedule, clocks) : null,
    where: (tx) => tx`approval in ('asked', 'refused')
      and date_trunc('milliseconds', updated_at) = ${updatedAt}::timestamptz`,
  });
}

/** Requests changes; a given approval is withdrawn. Throws 409 approval-not-asked. */
export async function sendBack(
  on: CampaignDeps,
  workspaceId: string,
  { campaignId, by, note }: { campaignId: string; by: Actor; note: string },
): Promise<Campaign> {
  const { row } = await readCounted(on.sql, workspaceId, campaignId);
  return await decide(on, row, {
    by,
    action: "approval-refused",
    note: note.trim(),
    where: (tx) => tx`approval in ('asked', 'given')`,
  });
}

interface Decided {
  by: Actor;
  action: "approval-given" | "approval-refused";
  note: string | null;
  /** Of what recurs and waits for its time. */
  goesOn?: ReturnType<typeof afterStandstill> | null;
  where: (tx: TransactionSql) => Fragment;
}

async function decide(
  on: CampaignDeps,
  row: CampaignRow,
  { by, action, note, goesOn, where }: Decided,
): Promise<Campaign> {
  const { id: campaignId, workspaceId } = row;
  const notified = await on.sql.begin(async (tx) => {
    const decided = await storeDecision(tx, {
      workspaceId,
      campaignId,
      approval: action === "approval-given" ? "given" : "refused",
      userId: by.userId,
      note,
      dueAt: goesOn?.dueAt ?? null,
      where: where(tx),
    });
    if (!decided) throw undecided(row);
    if (goesOn?.isOver) await completeScheduled(tx, { workspaceId, campaignId });
    await recordAction(tx, { workspaceId, campaignId, action, userId: by.userId, note });
    return await notify(tx, {
      workspaceId,
      campaignId,
      kind: action,
      detail: note,
      userIds: [decided.createdBy, decided.askedBy],
      exceptUserId: by.userId,
    });
  });
  await publishNotified(on, workspaceId, notified);
  return await publishCampaign(on, workspaceId, campaignId);
}

function undecided({ name, status, approval }: CampaignRow): Problem {
  const isOpen = (status === "draft" || status === "scheduled") && approval === "asked";
  return problem(isOpen ? "approval-changed" : "approval-not-asked", { name });
}
