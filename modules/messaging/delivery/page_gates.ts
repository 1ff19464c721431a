import type { LaneRow } from "./claim_lanes.ts";
import type { Flight } from "./flight.ts";
import { createGate, type Gate, takeoverMs } from "./gate.ts";
import { createLastTimes, type LastTimes } from "./last_times.ts";
import { ratesOf } from "./rates.ts";

/** A page and kind of call from which this worker sends or has sent. */
export interface PageGate {
  workspaceId: string;
  pageId: string;
  kind: "text" | "media";
  gate: Gate<Flight>;
  /** Of the lease; null: given back. */
  epoch: number | null;
  /** Messages claimed and not settled. */
  unsettled: number;
  /** Calls not yet counted in the database. */
  uncounted: number;
  /** When the last message to a person left. */
  lastTo: LastTimes;
}

interface TakenPage extends Pick<PageGate, "workspaceId" | "pageId" | "kind"> {
  epoch: number;
  /** Another worker sent from the page and did not give it back. */
  isTakenOver: boolean;
}

/** Longer than the shortest time between two messages of campaigns to one person. */
const rememberMs = 1_500;

/** The gates of all pages of a worker. */
export function createPageGates() {
  const gates = new Map<string, PageGate>();
  let claims = 0;
  const keyOf = (pageId: string, kind: string) => `${pageId} ${kind}`;

  return {
    all: () => gates.values(),
    of(flight: Flight): PageGate | undefined {
      return gates.get(keyOf(flight.pageId, flight.class === "media" ? "media" : "text"));
    },
    /** Runs a claim from these pages. */
    async whileClaimed<Result>(claim: () => Promise<Result>): Promise<Result> {
      claims += 1;
      try {
        return await claim();
      } finally {
        claims -= 1;
      }
    },
    isClaimed: () => claims > 0,
    /** A lease begins. */
    take({ workspaceId, pageId, kind, epoch, isTakenOver }: TakenPage): void {
      const page = gates.get(keyOf(pageId, kind)) ?? {
        workspaceId,
        pageId,
        kind,
        gate: createGate<Flight>(),
        epoch,
        unsettled: 0,
        uncounted: 0,
        lastTo: createLastTimes(rememberMs),
      };
      page.epoch = epoch;
      if (isTakenOver) page.gate.closeUntil(performance.now() + takeoverMs);
      gates.set(keyOf(pageId, kind), page);
    },
    /** The gate of a lane that was just locked, at the pace that its page has now. */
    open(lane: LaneRow): PageGate | undefined {
      const page = gates.get(keyOf(lane.page_id, lane.kind));
      if (!page) return undefined;
      const { limit_per_second: limitPerSecond, share, share_age: shareAgeSeconds } = lane;
      page.gate.setRates(ratesOf({ limitPerSecond, share, shareAgeSeconds }));
      return page;
    },
    inFlight(): number {
      let sum = 0;
      for (const { unsettled } of gates.values()) sum += unsettled;
      return sum;
    },
  };
}

export type PageGates = ReturnType<typeof createPageGates>;
