import type { Sql, TransactionSql } from "postgres";
import { log } from "#std";
import { forgetUploads } from "../templates/mod.ts";
import { settleAttempts } from "./attempt_transitions.ts";
import { type ContactEffect, effectOf, type Settling } from "./effects.ts";
import type { Flight, Landed } from "./flight.ts";
import { wakeLanes } from "./lanes.ts";
import { linkRecipients } from "./link_recipients.ts";
import type { DeliverySettings, LaneClass } from "./settings.ts";
import { recordAccepted, recordHeldElsewhere } from "./settle_owners.ts";
import { type Applied, applyPageEffects } from "./settle_pages.ts";

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

const mostAtOnce = 500;

export interface Settler {
  add(landed: Landed): void;
  /** Waits until all results are written and none are to come. */
  drain(isOver: () => boolean): Promise<void>;
}

interface SettlerOptions {
  onSettled(settled: Settled, flights: Flight[]): void;
}

/**
 * Collects results and writes them in batches: every 50 ms or 500 results. Those of replies are written at once and by
 * themselves: they never wait for a batch of a campaign. While the database is away results wait here; should this
 * process die, echoes and Meta still know the sent messages.
 */
export function createSettler(sql: Sql, settings: DeliverySettings, options: SettlerOptions): Settler {
  const replies = createLine(sql, settings, { ...options, afterMs: 0 });
  const others = createLine(sql, settings, { ...options, afterMs: settings.settleMs });
  return {
    add(landed) {
      (landed.flight.isReply ? replies : others).add(landed);
    },
    async drain(isOver) {
      await Promise.all([replies.drain(isOver), others.drain(isOver)]);
    },
  };
}

function createLine(
  sql: Sql,
  settings: DeliverySettings,
  { afterMs, onSettled }: SettlerOptions & { afterMs: number },
): Settler {
  let waiting: Landed[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dueAt = Number.POSITIVE_INFINITY;
  let writing: Promise<void> | undefined;

  function schedule(ms: number): void {
    const at = performance.now() + ms;
    if (at >= dueAt) return;
    dueAt = at;
    clearTimeout(timer);
    timer = setTimeout(() => void flush(), ms);
  }

  async function flush(): Promise<void> {
    clearTimeout(timer);
    dueAt = Number.POSITIVE_INFINITY;
    if (writing) return await writing;
    writing = write().finally(() => {
      writing = undefined;
      if (waiting.length > 0) schedule(0);
    });
    return await writing;
  }

  async function write(): Promise<void> {
    const batch = waiting.slice(0, mostAtOnce);
    waiting = waiting.slice(mostAtOnce);
    if (batch.length === 0) return;
    for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, 5_000)) {
      try {
        const settled = await settleBatch(sql, batch, settings);
        onSettled(
          settled,
          batch.map(({ flight }) => flight),
        );
        return;
      } catch (error) {
        log.warn("Cannot write what was sent; trying again", { count: batch.length, error });
        await Bun.sleep(pauseMs * (0.5 + Math.random()));
      }
    }
  }

  return {
    add(landed) {
      waiting.push(landed);
      schedule(waiting.length >= mostAtOnce ? 0 : afterMs);
    },
    async drain(isOver) {
      while (waiting.length > 0 || writing || !isOver()) {
        await flush();
        if (waiting.length === 0 && !isOver()) await Bun.sleep(5);
      }
    },
  };
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
    await settleAttempts(sql, settlementsOf(all), { isAsked: false });
    return { conversations: [], pages: [], app: null, woken: [] };
  }
  return await sql.begin(async (tx) => {
    // In the order in which echoes take their rows (ledger, messages, contacts), so that one that is stored at the same
    // moment never waits in a circle.
    const changed = await settleAttempts(tx, settlementsOf(all), { isAsked: true });
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
      ({ flight, effect }) => flight.campaignId === null || effect.settlement.state === "queued",
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

const settlementsOf = (all: readonly Settling[]) => all.map(({ effect }) => effect.settlement);

/** Lanes before paces, as the claim takes them, and all in one order, so that nobody waits in a circle. */
async function lockLanes(tx: TransactionSql, all: Settling[]): Promise<void> {
  const pageIds = [...new Set(all.map(({ flight }) => flight.pageId))];
  await tx`select from messaging.lanes where page_id = any(${pageIds}::uuid[]) order by page_id, class for update`;
}

function isPlain({ flight, effect }: Settling): boolean {
  return (
    effect.settlement.state === "sent" &&
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
  // The attempt's time and not now: later actions of the person lift it.
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
    effect.settlement.state === "sent" && flight.messageId !== null
      ? [{ workspace: flight.workspaceId, message: flight.messageId, mid: effect.settlement.mid }]
      : [],
  );
  if (rows.length === 0) return;
  await tx`
    update messaging.messages m set mid = r.mid
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(workspace uuid, message uuid, mid text)
    where m.workspace_id = r.workspace and m.id = r.message and m.mid is null`;
}
