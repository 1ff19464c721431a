import type { Flight } from "./flight.ts";
import { createGate, type Gate, takeoverMs } from "./gate.ts";
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

/** The pace of a lane's page, as its row has it now. */
export interface LanePace {
  page_id: string;
  kind: PageGate["kind"];
  limit_per_second: number;
  share: number;
  share_age: number;
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
    open(lane: LanePace): PageGate | undefined {
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

// Closer together than this one timer would only cost more.
const tickMs = 2;
// Messages that leave at once block this process: the rest waits for the next turn.
const mostAtOnce = 50;

/** Lets messages out of their gates when their time has come: one timer for all pages, none per message. */
export function createDepartures(
  gates: PageGates,
  options: { leave(flight: Flight): void; goBack(flight: Flight): void },
) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dueAt = Number.POSITIVE_INFINITY;

  function run(): void {
    dueAt = Number.POSITIVE_INFINITY;
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    let left = mostAtOnce;
    for (const page of gates.all()) {
      if (page.gate.waiting() === 0) continue;
      const leave = (flight: Flight) => {
        left -= 1;
        page.uncounted += 1;
        page.lastTo.note(flight.contactId ?? flight.psid, now);
        options.leave(flight);
      };
      next = Math.min(next, page.gate.run(now, { leave, goBack: options.goBack, most: left }));
    }
    if (next < Number.POSITIVE_INFINITY) look(left === 0 ? 0 : Math.max(tickMs, next - now));
  }

  function look(ms: number): void {
    const at = performance.now() + ms;
    if (at >= dueAt) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(run, ms);
  }

  return {
    /** Sends the messages that may leave now. */
    run,
    /** A place is free. */
    look(): void {
      look(0);
    },
    stop(): void {
      clearTimeout(timer);
    },
  };
}

/**
 * Remembers the last time per key for at least `keepMs`. Drops the older of two maps as a whole: deleting entries
 * from the beginning of a map makes every later walk longer.
 */
export function createLastTimes(keepMs: number) {
  let newer = new Map<string, number>();
  let older = new Map<string, number>();
  let since = Number.NEGATIVE_INFINITY;
  return {
    note(who: string, at: number): void {
      if (at - since >= keepMs) {
        older = newer;
        newer = new Map();
        since = at;
      }
      newer.set(who, at);
    },
    of(who: string): number | undefined {
      return newer.get(who) ?? older.get(who);
    },
  };
}

type LastTimes = ReturnType<typeof createLastTimes>;
