import type { TransactionSql } from "postgres";
import { storeContent } from "../templates/mod.ts";
import { type CampaignPlan, campaignPlans } from "./campaign_plans.ts";
import { insertRows, type Row } from "./insert_rows.ts";
import { type Ledger, react, record } from "./ledger.ts";
import type { Labels } from "./labels.ts";
import { type Customer, day, hour, iso, lastInboundBefore, type Stage } from "./stage.ts";
import type { WrittenComment } from "./write_comments.ts";

/** Milliseconds between two messages of a page. */
const pace = 40;

/** Campaign messages in the order of time; replies and read marks go into the threads of the customers. */
export function sendCampaigns(
  stage: Stage,
  ledger: Ledger,
  given: {
    customers: readonly Customer[];
    comments: readonly WrittenComment[];
    campaigns: readonly WrittenCampaign[];
  },
): void {
  const oldestFirst = given.campaigns.filter(
    ({ plan }) => plan.status !== "draft" && plan.status !== "scheduled",
  );
  for (const campaign of oldestFirst.toSorted((one, other) => other.plan.ago - one.plan.ago)) {
    if (campaign.plan.kind === "private_reply")
      replyToComments(stage, ledger, { campaign, comments: given.comments });
    else sendCampaign(stage, ledger, { campaign, customers: given.customers });
  }
}

/** Old and future campaigns start at ten in the morning. */
function beginOf({ now }: Stage, { ago }: CampaignPlan): number {
  const at = now - ago;
  return Math.abs(ago) < 1.5 * day ? at : at - (at % day) + 10 * hour;
}

export interface WrittenCampaign {
  id: string;
  plan: CampaignPlan;
  /** Of each variant. */
  contentIds: readonly string[];
}

/** Writes the campaigns with their contents; `page` has the utility templates. */
export async function writeCampaigns(
  tx: TransactionSql,
  stage: Stage,
  { segmentIds }: Pick<Labels, "segmentIds">,
): Promise<WrittenCampaign[]> {
  const { dice, now, workspaceId, ownerId, memberIds, pageIds } = stage;
  const [mara = ownerId, theo = ownerId] = memberIds;
  const written: WrittenCampaign[] = [];
  const rows: Row[] = [];
  const variants: Row[] = [];
  const actions: Row[] = [];
  for (const plan of campaignPlans) {
    const begunAt = beginOf(stage, plan);
    const createdAt = Math.min(begunAt, now) - dice.whole(2, 30) * hour;
    const id = dice.idAt(createdAt);
    const weight = 100 / plan.contents.length;
    const isLaunched = plan.status !== "draft";
    const hasRun = isLaunched && plan.status !== "scheduled";
    const endedAt = plan.status === "completed" ? begunAt + 4 * 60_000 : begunAt + 25 * 60_000;
    const contentIds: string[] = [];
    if (isLaunched)
      for (const [variant, content] of plan.contents.entries()) {
        const contentId = await storeContent(tx, workspaceId, content);
        contentIds.push(contentId);
        variants.push({ workspace_id: workspaceId, campaign_id: id, variant, weight, content_id: contentId });
      }
    const isOver = plan.status === "completed" || plan.status === "cancelled";
    const author = plan.kind === "utility" ? theo : mara;
    rows.push({
      id,
      workspace_id: workspaceId,
      name: plan.name,
      kind: plan.kind,
      status: plan.status,
      status_reason: plan.statusReason ?? null,
      status_at: iso(Math.min(hasRun ? endedAt : createdAt, now)),
      paused_from: plan.status === "paused" ? "running" : null,
      audience:
        plan.kind === "private_reply"
          ? { commentsOn: { pageId: pageIds[0] } }
          : plan.segment
            ? { segmentId: segmentIds.get(plan.segment) }
            : { all: true },
      draft: { variants: plan.contents.map((content) => ({ content, weight })) },
      schedule:
        plan.status === "scheduled"
          ? { at: iso(begunAt), timezone: "Europe/London", remindMinutes: 60 }
          : null,
      due_at: plan.status === "scheduled" ? iso(begunAt) : null,
      speed_at: iso(now),
      options: plan.clicks ? { goal: { on: "clicked", withinDays: 3 } } : {},
      planned_at: hasRun ? iso(begunAt + 2_000) : null,
      launched_by: isLaunched ? mara : null,
      launched_at: isLaunched ? iso(plan.status === "scheduled" ? createdAt : begunAt) : null,
      finished_at: isOver ? iso(endedAt) : null,
      counts: {},
      progress: { isToRecount: 1 },
      // Before all others.
      receipts_due_at: iso(0),
      recent: [],
      created_by: author,
      created_at: iso(createdAt),
      updated_at: iso(Math.min(begunAt, now)),
    });
    const act = (at: number, action: string, userId: string | null, note: string | null = null) =>
      actions.push({
        id: dice.idAt(at),
        workspace_id: workspaceId,
        campaign_id: id,
        user_id: userId,
        action,
        note,
        at: iso(at),
      });
    if (isLaunched) act(plan.status === "scheduled" ? createdAt + hour : begunAt, "launched", mara);
    if (plan.status === "paused") act(endedAt, "paused", mara);
    if (plan.status === "cancelled") act(endedAt, "cancelled", theo);
    if (plan.status === "completed") act(endedAt, "finished", null);
    written.push({ id, plan, contentIds });
  }
  await insertRows(tx, "campaigns", rows);
  await insertRows(tx, "campaign_variants", variants);
  await insertRows(tx, "campaign_actions", actions);
  return written;
}

function sendCampaign(
  stage: Stage,
  ledger: Ledger,
  { campaign, customers }: { campaign: WrittenCampaign; customers: readonly Customer[] },
): void {
  const { dice } = stage;
  const { plan } = campaign;
  const begunAt = beginOf(stage, plan);
  const audience = customers.filter(
    (customer) => customer.createdAt < begunAt - hour && isIn(customer, plan, begunAt),
  );
  const asked = audience.map((customer) => ({ customer, reason: reasonAgainst(customer, plan, begunAt) }));
  const reachable = asked.filter(({ reason }) => reason === null).length;
  const stopsAfter = Math.ceil(reachable * (plan.done ?? 1));
  let sent = 0;
  for (const { customer, reason } of asked) {
    const variant = dice.whole(0, campaign.contentIds.length - 1);
    const of = { customer, campaign, variant, step: 0 };
    if (reason !== null) {
      record(stage, ledger, { ...of, state: "skipped", reason, at: begunAt + 1_500 });
      continue;
    }
    const at = begunAt + 2_500 + sent * pace;
    sent += 1;
    if (sent > stopsAfter) {
      const isCancelled = plan.status === "cancelled";
      record(stage, ledger, {
        ...of,
        state: isCancelled ? "cancelled" : "queued",
        reason: isCancelled ? "campaign-cancelled" : null,
        at,
      });
    } else if (dice.isHit((plan.failures ?? 0) / 1_000))
      record(stage, ledger, { ...of, state: "failed", reason: null, at });
    else {
      const deliveryId = record(stage, ledger, { ...of, state: "sent", reason: null, at });
      react(stage, ledger, { customer, plan, deliveryId, at });
    }
  }
}

function isIn({ tags }: Customer, { segment }: CampaignPlan, at: number): boolean {
  const had = (tag: string) => (tags.get(tag) ?? at) < at;
  if (segment === "Subscribers") return had("Subscriber");
  return segment === undefined || had("Customer") || had("Subscriber");
}

/** In the order in which the policy asks. */
function reasonAgainst(customer: Customer, { kind }: CampaignPlan, at: number): string | null {
  const isBefore = (time: number | null) => time !== null && time < at;
  if (isBefore(customer.blockedAt)) return "blocked";
  const lastInbound = lastInboundBefore(customer, at);
  if (isBefore(customer.unreachableAt) && lastInbound <= (customer.unreachableAt ?? 0)) return "unreachable";
  if (isBefore(customer.unsubscribedAt)) return "unsubscribed";
  if (kind === "window" && lastInbound < at - 23.9 * hour) return "window-closed";
  return null;
}

function replyToComments(
  stage: Stage,
  ledger: Ledger,
  { campaign, comments }: { campaign: WrittenCampaign; comments: readonly WrittenComment[] },
): void {
  const { dice, workspaceId, pageIds } = stage;
  const begunAt = beginOf(stage, campaign.plan);
  const known = new Set<string>();
  const recent = comments.filter(
    ({ at, pageId }) => pageId === pageIds[0] && at < begunAt && at > begunAt - 7 * day,
  );
  for (const [number, comment] of recent.entries()) {
    const at = begunAt + 2_500 + number * pace;
    const isTwice = known.has(comment.fromId);
    known.add(comment.fromId);
    if (isTwice) continue;
    const id = dice.idAt(at - 1_000);
    ledger.deliveries.push({
      id,
      workspace_id: workspaceId,
      page_id: comment.pageId,
      contact_id: null,
      psid: comment.fromId,
      comment_id: comment.id,
      class: "private_reply",
      content_id: campaign.contentIds[0],
      campaign_id: campaign.id,
      step: 0,
      variant: 0,
      fills: null,
      mid: `m_demo_${id}`,
      state: "sent",
      reason: null,
      error_code: null,
      error_subcode: null,
      error_text: null,
      route: "private_reply",
      attempts: 1,
      attempt_id: id,
      attempt_at: iso(at),
      unknowns: 0,
      due_at: iso(at),
      created_at: iso(at - 1_000),
      settled_at: iso(at + 200),
    });
  }
}
