import type { Sql, TransactionSql } from "postgres";
import { storable } from "#std";
import { forgetUploads } from "../templates/mod.ts";
import { type Settlement, settleAttempts } from "./attempt_transitions.ts";
import { type ContactEffect, type Effect, effectOf, mistakeOf } from "./effects.ts";
import type { Flight, Landed } from "./flight.ts";
import { firstDue } from "./lane_due.ts";
import { linkRecipients } from "./link_recipients.ts";
import type { DeliverySettings, LaneClass } from "./settings.ts";
import { recordAccepted, recordHeldElsewhere } from "./settle_owners.ts";
import { type Applied, applyPageEffects } from "./settle_pages.ts";

interface Settling {
  flight: Flight;
  effect: Effect;
}

export interface Settled {
  /** Conversations with a changed newest status. */
  conversations: { workspaceId: string; contactId: string }[];
  /** Pages with changed health. */
  pages: { workspaceId: string; pageId: string }[];
  /** held: nothing may leave from any page. */
  app: Applied["app"];
  /** Lanes of these classes became due. */
  woken: LaneClass[];
}

/**
 * Writes the results of a batch of flights in one transaction. The attempt id is the guard: a result counts only for
 * its attempt, also if the page has another sender now, and a row settled by its echo stays.
 */
export async function settleBatch(
  sql: Sql,
  landed: readonly Landed[],
  settings: DeliverySettings,
): Promise<Settled> {
  const all = landed
    .map((one) => ({ flight: one.flight, effect: effectOf(one, settings) }))
    .toSorted((a, b) => (a.flight.deliveryId < b.flight.deliveryId ? -1 : 1));
  // A campaign's success is one statement, which is a transaction by itself, without the round trips of one.
  if (all.every(isPlain)) {
    await settleDeliveries(sql, all, { isAsked: false });
    return { conversations: [], pages: [], app: null, woken: [] };
  }
  return await sql.begin(async (tx) => {
    // In the order in which echoes take their rows (ledger, messages, contacts), so that one that is stored at the same
    // moment never waits in a circle.
    const changed = await settleDeliveries(tx, all, { isAsked: true });
    const applied = all.filter(({ flight }) => changed.has(flight.deliveryId));
    await storeMids(tx, applied);
    // Of all: the echo may have settled a private reply before, and does not name the comment's author as such.
    await linkRecipients(tx, all);
    await applyContactEffects(tx, applied);
    const held = await recordHeldElsewhere(tx, applied);
    // Of all: an echo that settled the reply before the answer came says nothing of this.
    await recordAccepted(tx, all);
    await forgetUploads(tx, applied.flatMap(goneUpload));
    if (all.some(({ flight, effect }) => flight.isHeld || effect.page !== undefined))
      await lockLanes(tx, all);
    const { pages, app } = await applyPageEffects(tx, all, settings);
    const waking = all.filter(
      ({ flight, effect }) => flight.campaignId === null || effect.state === "queued",
    );
    const woken =
      waking.length > 0 ? await wakeLanes(tx, [...new Set(waking.map(({ flight }) => flight.pageId))]) : [];
    const ofReplies = applied.flatMap(({ flight: { workspaceId, contactId, campaignId } }) =>
      campaignId === null && contactId !== null ? [{ workspaceId, contactId }] : [],
    );
    const replied = new Set(ofReplies.map(({ contactId }) => contactId));
    return {
      // A campaign moves no conversation to the top, and its screens have counts: thousands of news would say nothing.
      // That another app has taken over is news, once for each thread.
      conversations: [...ofReplies, ...held.filter(({ contactId }) => !replied.has(contactId))],
      pages,
      app,
      woken,
    };
  });
}

/** Lanes before paces, as the claim takes them, and all in one order, so that nobody waits in a circle. */
async function lockLanes(tx: TransactionSql, all: Settling[]): Promise<void> {
  const pageIds = [...new Set(all.map(({ flight }) => flight.pageId))];
  await tx`select from messaging.lanes where page_id = any(${pageIds}::uuid[]) order by page_id, class for update`;
}

function isPlain({ flight, effect }: Settling): boolean {
  return (
    effect.state === "sent" &&
    flight.campaignId !== null &&
    flight.contactId !== null &&
    flight.messageId === null &&
    !flight.isHeld &&
    effect.contact === undefined &&
    effect.page === undefined
  );
}

function goneUpload({ flight, effect }: Settling): { pageId: string; attachmentId: string }[] {
  const { goneAttachmentId } = effect;
  return goneAttachmentId === undefined ? [] : [{ pageId: flight.pageId, attachmentId: goneAttachmentId }];
}

const contactColumns: Record<
  ContactEffect["kind"],
  "unreachable_at" | "window_closed_at" | "ad_window_until"
> = {
  unreachable: "unreachable_at",
  window_closed: "window_closed_at",
  ad_closed: "ad_window_until",
};

async function applyContactEffects(tx: TransactionSql, all: Settling[]): Promise<void> {
  const rows = all.flatMap(({ flight, effect }) =>
    effect.contact && flight.contactId !== null
      ? [
          {
            workspace: flight.workspaceId,
            id: flight.contactId,
            column: contactColumns[effect.contact.kind],
            at: new Date(flight.attemptAt).toISOString(),
            reason: effect.contact.kind === "unreachable" ? effect.contact.reason : null,
          },
        ]
      : [],
  );
  if (rows.length === 0) return;
  // The attempt's time and not now: what the person did meanwhile counts as later, and lifts it.
  await tx`
    update messaging.contacts c
    set unreachable_at = case when r."column" = 'unreachable_at' then r.at else c.unreachable_at end,
        unreachable_reason = coalesce(r.reason, c.unreachable_reason),
        window_closed_at = case when r."column" = 'window_closed_at' then greatest(r.at, c.window_closed_at)
                           else c.window_closed_at end,
        ad_window_until = case when r."column" = 'ad_window_until' then null else c.ad_window_until end
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r(workspace uuid, id uuid, "column" text, at timestamptz, reason text)
    where c.workspace_id = r.workspace and c.id = r.id`;
}

async function storeMids(tx: TransactionSql, all: Settling[]): Promise<void> {
  const rows = all.flatMap(({ flight, effect }) =>
    effect.state === "sent" && flight.messageId !== null
      ? [{ workspace: flight.workspaceId, message: flight.messageId, mid: effect.mid }]
      : [],
  );
  if (rows.length === 0) return;
  await tx`
    update messaging.messages m set mid = r.mid
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(workspace uuid, message uuid, mid text)
    where m.workspace_id = r.workspace and m.id = r.message and m.mid is null`;
}

/** Returns which of them counted, where that is asked. */
async function settleDeliveries(
  sql: Sql | TransactionSql,
  all: Settling[],
  { isAsked }: { isAsked: boolean },
): Promise<Set<string>> {
  const rows = all.map(({ flight, effect }): Settlement => {
    const { deliveryId: id, attemptId: attempt, pageId: page } = flight;
    const { state, mid } = effect;
    if (state === "sent") return { id, attempt, state, page, mid };
    return {
      id,
      attempt,
      state,
      reason: effect.reason,
      code: effect.error?.code,
      subcode: effect.error?.subcode,
      text: effect.error && storable(effect.error.message, 500),
      after: effect.afterSeconds,
      uncounted: effect.isCounted ? undefined : 1,
      mistake: state === "failed" ? mistakeOf(effect.error) : undefined,
    };
  });
  return await settleAttempts(sql, rows, { isAsked });
}

/**
 * Makes lanes due for what waits in them: retries, and messages that an earlier one to the same person held back. Lanes
 * in which nothing waits are not locked: a new reply, which wakes its lane too, would wait for this transaction.
 */
export async function wakeLanes(tx: TransactionSql | Sql, pageIds: readonly string[]): Promise<LaneClass[]> {
  const woken = await tx<{ class: LaneClass }[]>`
    with due as materialized (
      select l.page_id, l.class, first.at from messaging.lanes l cross join lateral (select ${firstDue(tx)} as at) first
      where l.page_id = any(${[...pageIds]}::uuid[]) and first.at is not null
        and (l.next_eligible_at is null or l.next_eligible_at > clock_timestamp() + interval '400 ms')
      order by l.page_id, l.class for update of l)
    update messaging.lanes l set next_eligible_at = greatest(due.at, clock_timestamp(), l.held_until)
    from due where l.page_id = due.page_id and l.class = due.class
    returning l.class`;
  return woken.map((lane) => lane.class);
}
