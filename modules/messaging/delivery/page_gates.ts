import type { LaneRow } from "./claim_lanes.ts";
import type { Flight } from "./flight.ts";
import { createGate, type Gate, takeoverMs } from "./gate.ts";
import { ratesOf } from "./rates.ts";

/** A page, and kind of call, from which this worker sends or has sent. */
export interface PageGate {
  workspaceId: string;
  pageId: string;
  kind: "text" | "media";
  gate: Gate<Flight>;
  /** Of the lease; null: given back. */
  epoch: number | null;
  /** Messages claimed and not settled. */
  unsettled: number;
  /** Calls made and not yet counted in the database. */
  uncounted: number;
  /** When the last message to a person left. */
  lastTo: Map<string, number>;
}

const forgetMs = 1_000;

/** The gates of all pages of a worker. */
export function createPageGates() {
  const gates = new Map<string, PageGate>();
  const keyOf = (pageId: string, kind: string) => `${pageId} ${kind}`;

  return {
    all: () => gates.values(),
    of(flight: Flight): PageGate | undefined {
      return gates.get(keyOf(flight.pageId, flight.class === "media" ? "media" : "text"));
    },
    /** The gate of a lane that was just locked, at the pace that its page has now. */
    open(lane: LaneRow, now: number): PageGate {
      const key = keyOf(lane.page_id, lane.kind);
      let page = gates.get(key);
      if (!page) {
        page = {
          workspaceId: lane.workspace_id,
          pageId: lane.page_id,
          kind: lane.kind,
          gate: createGate<Flight>(),
          epoch: null,
          unsettled: 0,
          uncounted: 0,
          lastTo: new Map(),
        };
        gates.set(key, page);
      }
      page.gate.setRates(
        ratesOf({
          limitPerSecond: lane.limit_per_second,
          share: lane.share,
          shareAgeSeconds: lane.share_age,
        }),
      );
      if (lane.is_taken_over && page.epoch !== lane.epoch) page.gate.closeUntil(now + takeoverMs);
      for (const [contactId, at] of page.lastTo) {
        if (now - at < forgetMs) break;
        page.lastTo.delete(contactId);
      }
      return page;
    },
    inFlight(): number {
      let sum = 0;
      for (const { unsettled } of gates.values()) sum += unsettled;
      return sum;
    },
    forget(page: PageGate): void {
      gates.delete(keyOf(page.pageId, page.kind));
    },
  };
}

export type PageGates = ReturnType<typeof createPageGates>;
