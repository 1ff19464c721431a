import type { TransactionSql } from "postgres";
import { storeContent } from "../templates/mod.ts";
import { welcomeSteps } from "./campaign_texts.ts";
import { insertRows, type Row } from "./insert_rows.ts";
import type { Labels } from "./labels.ts";
import { type Customer, day, hour, iso, lastInboundBefore, type Stage } from "./stage.ts";
import { type Ledger, react, record } from "./ledger.ts";

/** Writes the welcome sequence, adds its sent messages to the ledger, and returns the rows of its contacts. */
export async function writeSequence(
  tx: TransactionSql,
  stage: Stage,
  { customers, ledger, tagIds }: { customers: readonly Customer[]; ledger: Ledger } & Pick<Labels, "tagIds">,
): Promise<Row[]> {
  const { dice, now, workspaceId, memberIds } = stage;
  const [mara] = memberIds;
  const launchedAt = now - 42 * day;
  const id = dice.idAt(launchedAt - day);
  const trigger = { kind: "new_contact", pageIds: [], cooldownSeconds: 0, maxPerContact: 1 };
  const steps = welcomeSteps.map(({ minutes, content }, place) => ({
    delaySeconds: (minutes - (welcomeSteps[place - 1]?.minutes ?? 0)) * 60,
    condition: null,
    content,
  }));
  const contentIds: string[] = [];
  for (const { content } of steps) contentIds.push(await storeContent(tx, workspaceId, content));
  await insertRows(tx, "campaigns", [
    {
      id,
      workspace_id: workspaceId,
      name: "Welcome to Fernhill",
      kind: "sequence",
      status: "running",
      status_at: iso(launchedAt),
      audience: {},
      draft: {
        steps,
        trigger,
        exit: { onReply: false, onClick: false, onTagId: tagIds.get("Customer") },
        numbering: { written: [1, 2, 3], running: [1, 2, 3], last: 3 },
      },
      speed_at: iso(now),
      options: {},
      planned_at: iso(launchedAt),
      launched_by: mara,
      launched_at: iso(launchedAt),
      counts: {},
      progress: {},
      receipts_due_at: iso(now),
      recent: [],
      created_by: mara,
      created_at: iso(launchedAt - day),
      updated_at: iso(launchedAt),
    },
  ]);
  await insertRows(
    tx,
    "sequence_steps",
    steps.map(({ delaySeconds }, place) => ({
      workspace_id: workspaceId,
      campaign_id: id,
      step: place + 1,
      delay_seconds: delaySeconds,
      content_id: contentIds[place],
    })),
  );
  await insertRows(tx, "triggers", [
    { campaign_id: id, workspace_id: workspaceId, kind: trigger.kind, match: trigger, seen_until: iso(now) },
  ]);
  const campaign = { id, contentIds, plan: { kind: "window" } } as const;
  return customers
    .filter(({ createdAt, status }) => createdAt > launchedAt && status !== "spam")
    .map((customer): Row => enrolment(stage, { customer, ledger, campaign }));
}

function enrolment(
  stage: Stage,
  {
    customer,
    ledger,
    campaign,
  }: { customer: Customer; ledger: Ledger; campaign: Parameters<typeof record>[2]["campaign"] },
): Row {
  const { dice, now, workspaceId } = stage;
  const startedAt = customer.createdAt + 4_000;
  const boughtAt = customer.tags.get("Customer") ?? Infinity;
  const row = {
    id: dice.idAt(startedAt),
    workspace_id: workspaceId,
    campaign_id: campaign.id,
    contact_id: customer.id,
    page_id: customer.pageId,
    round: 1,
    started_at: iso(startedAt),
  };
  for (const [place, { minutes, content }] of welcomeSteps.entries()) {
    const at = startedAt + minutes * 60_000 + dice.whole(500, 5_000);
    const next = { next_step: place + 1, due_at: iso(at) };
    const stoppedAt = customer.unsubscribedAt ?? Infinity;
    const leftAt = Math.min(boughtAt, stoppedAt);
    if (leftAt < Math.min(at, now)) {
      const reason = boughtAt < stoppedAt ? "tagged" : "unsubscribed";
      return {
        ...row,
        ...next,
        status: "exited",
        exit_reason: reason,
        ended_at: iso(Math.max(leftAt, startedAt)),
      };
    }
    if (at > now - 60_000) return { ...row, ...next, status: "active", exit_reason: null, ended_at: null };
    const of = { customer, campaign, variant: place, step: place + 1, at };
    const isOpen = lastInboundBefore(customer, at) > at - 23.9 * hour;
    if (!isOpen) record(stage, ledger, { ...of, state: "skipped", reason: "window-closed" });
    else {
      const deliveryId = record(stage, ledger, { ...of, state: "sent", reason: null });
      react(stage, ledger, {
        customer,
        plan: { clicks: content.buttons ? 0.28 : 0, answers: 0.05 },
        deliveryId,
        at,
      });
    }
  }
  const end = startedAt + (welcomeSteps.at(-1)?.minutes ?? 0) * 60_000;
  return {
    ...row,
    next_step: welcomeSteps.length + 1,
    due_at: iso(end),
    status: "finished",
    exit_reason: null,
    ended_at: iso(end),
  };
}
