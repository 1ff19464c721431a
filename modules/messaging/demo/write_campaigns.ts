import type { TransactionSql } from "postgres";
import { storeContent } from "../templates/mod.ts";
import { type CampaignPlan, campaignPlans } from "./campaign_plans.ts";
import { campaignAnswers } from "./dialogs.ts";
import { insertRows, type Row } from "./insert_rows.ts";
import type { Labels } from "./labels.ts";
import { type Customer, day, hour, iso, lastInboundBefore, type Stage } from "./stage.ts";
import type { WrittenComment } from "./write_comments.ts";

/** Meta's error for people who cannot be reached, as delivery stores it. */
const refusal = {
  reason: "unreachable",
  error_code: 551,
  error_subcode: null,
  error_text: "This person isn't available right now",
};
/** Milliseconds between two messages of a page. */
const pace = 40;

export interface Ledger {
  deliveries: Row[];
  clicks: Row[];
  receipts: Row[];
}

/** What campaigns sent, in the order of time; answers and read marks go into the threads of the customers. */
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

/** What began long ago, or is to begin, does so at ten in the morning. */
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

/** Writes the campaigns themselves with what they say; `page` has the utility templates. */
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
  const { dice, now } = stage;
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

export interface Attempt {
  customer: Customer;
  campaign: Pick<WrittenCampaign, "id" | "contentIds"> & { plan: Pick<CampaignPlan, "kind"> };
  variant: number;
  step: number;
  state: "sent" | "failed" | "skipped" | "queued" | "cancelled";
  reason: string | null;
  at: number;
}

/** Adds a row of the ledger; gives its id. */
export function record(stage: Stage, ledger: Ledger, attempt: Attempt): string {
  const { dice, workspaceId } = stage;
  const { customer, campaign, variant, state, at } = attempt;
  const isTried = state === "sent" || state === "failed";
  const id = dice.idAt(at - 1_000);
  ledger.deliveries.push({
    id,
    workspace_id: workspaceId,
    page_id: customer.pageId,
    contact_id: customer.id,
    psid: customer.psid,
    comment_id: null,
    class: campaign.plan.kind === "utility" ? "utility" : "campaign",
    content_id: campaign.contentIds[variant],
    campaign_id: campaign.id,
    step: attempt.step,
    variant,
    fills: { first_name: customer.firstName },
    mid: state === "sent" ? `m_demo_${id}` : null,
    state,
    ...(state === "failed"
      ? refusal
      : { reason: attempt.reason, error_code: null, error_subcode: null, error_text: null }),
    route: state === "sent" ? (campaign.plan.kind === "utility" ? "utility" : "standard") : null,
    attempts: isTried ? 1 : 0,
    attempt_id: isTried ? id : null,
    attempt_at: isTried ? iso(at) : null,
    unknowns: 0,
    due_at: iso(at),
    created_at: iso(at - 1_000),
    settled_at: state === "queued" ? null : iso(at + 180),
  });
  return id;
}

/** Whether the customer reads it, clicks and answers. */
export function react(
  { dice, now, memberIds, ownerId }: Stage,
  { clicks, receipts }: Ledger,
  sent: {
    customer: Customer;
    plan: Pick<CampaignPlan, "clicks" | "answers">;
    deliveryId: string;
    at: number;
  },
): void {
  const { customer, plan, deliveryId, at } = sent;
  const readAt = at + Math.round((1 + 240 * dice.number() ** 2) * 60_000);
  const reads = dice.isHit(0.74) && readAt < now - 2 * 60_000;
  const isDelivered = reads || dice.isHit(0.97);
  if (isDelivered)
    receipts.push({
      delivery_id: deliveryId,
      delivered_at: iso(at + 1_200),
      read_at: reads ? iso(readAt) : null,
    });
  if (!reads) {
    // Nothing that was sent later was read either.
    if (customer.readUntil > at && lastInboundBefore(customer, now) < at) customer.readUntil = at - 1;
    return;
  }
  customer.readUntil = Math.max(customer.readUntil, readAt);
  if (dice.isHit(plan.clicks ?? 0))
    clicks.push({
      delivery_id: deliveryId,
      link: 0,
      clicked_at: iso(Math.min(readAt + 20_000, now)),
      times: dice.whole(1, 3),
    });
  if (!dice.isHit(plan.answers ?? 0)) return;
  const [question, answer] = dice.pick(campaignAnswers);
  const askedAt = readAt + dice.whole(1, 30) * 60_000;
  const answeredAt = askedAt + dice.whole(3, 50) * 60_000;
  if (answeredAt > now - 10 * 60_000 || customer.lines.some((line) => Math.abs(line.at - askedAt) < 6 * hour))
    return;
  const userId = customer.assigneeId ?? dice.pick([ownerId, ...memberIds]);
  customer.lines.push(
    { at: askedAt, direction: "in", author: "contact", userId: null, text: question, file: null },
    { at: answeredAt, direction: "out", author: "user", userId, text: answer, file: null },
  );
  if (customer.status === "resolved")
    customer.events.push({
      at: answeredAt + 60_000,
      kind: "status",
      userId,
      data: { from: "open", to: "resolved", until: null },
    });
}

function replyToComments(
  stage: Stage,
  ledger: Ledger,
  { campaign, comments }: { campaign: WrittenCampaign; comments: readonly WrittenComment[] },
): void {
  const { dice, now, workspaceId, pageIds } = stage;
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

/** Counts of campaigns and sequences from the ledger that was just written, and what they sent by day. */
export async function countLedger(tx: TransactionSql, workspaceId: string): Promise<void> {
  await tx`
    update messaging.campaigns k set counts = counted.counts
    from (
      select campaign_id, jsonb_object_agg(name, count) as counts from (
        select campaign_id, state as name, count(*) from messaging.deliveries
        where workspace_id = ${workspaceId} and campaign_id is not null group by 1, 2
        union all
        select d.campaign_id, 'clicked', count(distinct d.id) from messaging.deliveries d
        join messaging.clicks c on c.delivery_id = d.id where d.workspace_id = ${workspaceId} group by 1) each
      group by campaign_id) counted
    where k.workspace_id = ${workspaceId} and k.id = counted.campaign_id`;
  await tx`
    insert into messaging.campaign_days (campaign_id, day, sent)
    select campaign_id, (settled_at at time zone 'Europe/London')::date, count(*)::int4 from messaging.deliveries
    where workspace_id = ${workspaceId} and campaign_id is not null and state = 'sent' group by 1, 2`;
}
