import { takeUnnotified } from "../campaign_state/mod.ts";
import { notify, publishNotified } from "../notifications/mod.ts";
import { isWorkspaceOn } from "../workspaces/mod.ts";
import { approvers } from "../campaign_draft/mod.ts";
import { recordAction, publishCampaign, type CampaignDeps } from "../campaigns/mod.ts";

/**
 * Notifies people once that a campaign or sequence stopped itself or is over: the row has the notification since
 * it happened. Gives whether there may be more.
 */
export async function notifyMembers(on: Pick<CampaignDeps, "sql" | "live">): Promise<boolean> {
  const notified = await on.sql.begin(async (tx) => {
    const row = await takeUnnotified(tx);
    if (!row) return null;
    const { id: campaignId, workspace_id: workspaceId, untold: action } = row;
    const note = action === "paused" ? row.reason : null;
    await recordAction(tx, { workspaceId, campaignId, action, userId: null, note });
    const userIds = await notify(tx, {
      workspaceId,
      campaignId,
      kind: `campaign-${action}`,
      detail: note,
      userIds: [row.created_by, row.launched_by],
      roles: action === "paused" ? approvers : [],
    });
    return { workspaceId, campaignId: row.kind === "sequence" ? null : campaignId, userIds };
  });
  if (!notified) return false;
  // Its history has one more line.
  if (notified.campaignId !== null) await publishCampaign(on, notified.workspaceId, notified.campaignId);
  await publishNotified(on, notified.workspaceId, notified.userIds);
  return true;
}

interface Soon {
  id: string;
  workspace_id: string;
  due_at: string;
  is_waiting: boolean;
  created_by: string | null;
  launched_by: string | null;
}

/**
 * Reminds people of one campaign that begins within the minutes of its schedule, once for each start: of a recurring one
 * before every occurrence. A started campaign needs no reminder. Returns whether there may be more.
 */
export async function remindOfStart(on: Pick<CampaignDeps, "sql" | "live">): Promise<boolean> {
  const notified = await on.sql.begin(async (tx) => {
    const [row] = await tx<Soon[]>`
      update messaging.campaigns c set reminded_for = due_at
      where c.id = any (array(
        select id from messaging.campaigns
        where status = 'scheduled' and kind <> 'sequence' and due_at > clock_timestamp()
          and due_at - make_interval(mins => (schedule ->> 'remindMinutes')::int4) <= clock_timestamp()
          and reminded_for is distinct from due_at and ${isWorkspaceOn(on.sql, on.sql`workspace_id`)}
        order by due_at limit 1 for no key update skip locked))
      returning c.id, c.workspace_id, c.due_at, coalesce(c.approval, 'given') <> 'given' as is_waiting, c.created_by, c.launched_by`;
    if (!row) return null;
    const userIds = await notify(tx, {
      workspaceId: row.workspace_id,
      campaignId: row.id,
      kind: "campaign-soon",
      detail: row.is_waiting ? "It waits for an approval, and does not begin without one" : null,
      startsAt: new Date(row.due_at),
      userIds: [row.created_by, row.launched_by],
      roles: approvers,
    });
    return { workspaceId: row.workspace_id, userIds };
  });
  if (!notified) return false;
  await publishNotified(on, notified.workspaceId, notified.userIds);
  return true;
}

interface Overdue {
  id: string;
  workspace_id: string;
  is_draft: boolean;
  recurs: boolean;
  starts_at: string;
  created_by: string | null;
  asked_by: string | null;
}

/**
 * Notifies approvers and the author of one campaign whose time came before its approval, once per time. Returns
 * whether there may be more.
 */
export async function notifyOverdue(on: Pick<CampaignDeps, "sql" | "live">): Promise<boolean> {
  const notified = await on.sql.begin(async (tx) => {
    // A draft has no time of its own before it is launched, only the one that was written.
    const startsAt = tx`coalesce(c.due_at,
      case when not c.schedule ? 'recurrence' then (c.schedule ->> 'at')::timestamptz end)`;
    const [row] = await tx<Overdue[]>`
      update messaging.campaigns c set overdue_for = ${startsAt}
      where c.id = any (array(
        select c.id from messaging.campaigns c
        where c.approval = 'asked' and c.status in ('draft', 'scheduled') and ${startsAt} <= clock_timestamp()
          and c.overdue_for is distinct from ${startsAt}
        order by c.id limit 1 for no key update skip locked))
      returning c.id, c.workspace_id, c.status = 'draft' as is_draft, c.schedule ? 'recurrence' as recurs,
        c.overdue_for as starts_at, c.created_by, c.approval_asked_by as asked_by`;
    if (!row) return null;
    const userIds = await notify(tx, {
      workspaceId: row.workspace_id,
      campaignId: row.id,
      kind: "approval-overdue",
      detail: whatNow(row),
      startsAt: new Date(row.starts_at),
      userIds: [row.created_by, row.asked_by],
      roles: approvers,
    });
    return { workspaceId: row.workspace_id, userIds };
  });
  if (!notified) return false;
  await publishNotified(on, notified.workspaceId, notified.userIds);
  return true;
}

function whatNow({ is_draft: isDraft, recurs }: Overdue): string {
  if (isDraft) return "Give it another time: it cannot be approved with one that is over";
  return recurs
    ? "Once somebody approves it, it goes on with its next time"
    : "It begins as soon as somebody approves it";
}
