import type { TransactionSql } from "postgres";
import type { CampaignPlan } from "./campaign_plans.ts";
import { campaignAnswers } from "./dialogs.ts";
import type { Row } from "./insert_rows.ts";
import { type Customer, hour, iso, lastInboundBefore, type Stage } from "./stage.ts";

/** Meta's error for people who cannot be reached, as delivery stores it. */
const refusal = {
  reason: "unreachable",
  error_code: 551,
  error_subcode: null,
  error_text: "This person isn't available right now",
};
export interface Ledger {
  deliveries: Row[];
  clicks: Row[];
  receipts: Row[];
}

export interface Attempt {
  customer: Customer;
  campaign: { id: string; contentIds: readonly string[]; plan: Pick<CampaignPlan, "kind"> };
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

/** Counts campaigns and sequences from the written ledger, and their messages by day. */
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
