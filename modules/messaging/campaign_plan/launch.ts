import type { TransactionSql } from "postgres";
import { type Problem } from "#std";
import { launchDraft } from "../campaign_state/mod.ts";
import { zoneOf } from "../contacts/mod.ts";
import { notify, publishNotified } from "../notifications/mod.ts";
import { requireWorkspaceOn } from "../workspaces/mod.ts";
import {
  type Actor,
  recordAction,
  publishCampaign,
  type CampaignRow,
  readCounted,
  type BeforeLaunch,
  readStored,
  type CampaignDeps,
  firstDue,
  inZone,
  type Campaign,
  fixedVariants,
  storeVariants,
} from "../campaigns/mod.ts";
import { needsApprovalSql, checkStored } from "../campaign_draft/mod.ts";
import { problem } from "./problems.ts";

export interface Launching {
  campaignId: string;
  by: Actor;
  /** Nothing is planned before so many seconds are over; until then `undoLaunch` takes it back. */
  delaySeconds?: number | undefined;
}

/**
 * Starts or schedules a draft: one compare-and-set, so two clicks launch once. Fixes its content. A launch by an
 * approver also decides a pending request. Throws Problem: campaign-not-draft (409), campaign-changed (409),
 * approval-missing (409), workspace-disabled (409), and those of `checkDraft`.
 */
export async function launch(
  on: CampaignDeps,
  workspaceId: string,
  { campaignId, by, delaySeconds = 0 }: Launching,
): Promise<Campaign> {
  const { row } = await readCounted(on.sql, workspaceId, campaignId);
  if (row.status !== "draft") throw notDraft(row.name, row.status);
  const { variants, schedule } = readStored(row);
  const now = on.clock();
  const contents = await checkStored(on, workspaceId, row);
  const before: BeforeLaunch = { variants, schedule, isAsked: row.approval === "asked" };
  const draft = { variants: fixedVariants(variants, contents), before };
  const notified = await on.sql.begin(async (tx) => {
    await requireWorkspaceOn(tx, workspaceId, "launch-campaign");
    const zone = await zoneOf(tx, workspaceId);
    const dueAt = firstDue(schedule, { now, zone });
    // An occurrence keeps its time: it is part of its name, and of its key.
    const delay = schedule?.recurrence ? 0 : delaySeconds;
    const isLater = delay > 0 || (dueAt !== null && dueAt > now);
    const isAllowed = by.maySend
      ? tx`true`
      : tx`(approval = 'given' or not ${needsApprovalSql(tx, workspaceId)})`;
    const launched = await launchDraft(tx, {
      workspaceId,
      campaignId,
      userId: by.userId,
      maySend: by.maySend,
      isAllowed,
      readAt: row.updatedAt,
      isLater,
      dueAt,
      delaySeconds: delay,
      draft,
      schedule: schedule && inZone(schedule, zone),
    });
    if (!launched) throw await whyNotLaunched(tx, { row, by });
    await storeVariants(tx, workspaceId, { campaignId, variants, contents });
    await recordAction(tx, { workspaceId, campaignId, action: "launched", userId: by.userId });
    if (!launched.isDecided) return [];
    const userIds = [launched.askedBy];
    const kind = "approval-given";
    return await notify(tx, {
      workspaceId,
      campaignId,
      kind,
      userIds,
      exceptUserId: by.userId,
    });
  });
  await publishNotified(on, workspaceId, notified);
  return await publishCampaign(on, workspaceId, campaignId);
}

async function whyNotLaunched(
  tx: TransactionSql,
  { row: { id, name, workspaceId }, by }: { row: CampaignRow; by: Actor },
): Promise<Problem> {
  const [waits] = await tx`
    select 1 as found from messaging.campaigns
    where id = ${id} and status = 'draft' and approval is distinct from 'given' and ${needsApprovalSql(tx, workspaceId)}`;
  if (by.maySend || !waits) return problem("campaign-changed", { name });
  return problem("approval-missing", { name });
}

const notDraft = (name: string, status: string) => problem("campaign-not-draft", { name, status });
