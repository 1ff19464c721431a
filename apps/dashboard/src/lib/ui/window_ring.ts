import type { WindowState } from "../api/types.ts";

const DAY_MS = 24 * 3_600_000;
const WEEK_MS = 7 * DAY_MS;
const SOON_MS = 2 * 3_600_000;
/** The server takes no reply in the last minute of a window, since it would come too late. */
const MARGIN_MS = 60_000;
/** The shortest time between two requests, with any clock. */
const SHORTEST_MS = 5_000;

export type RingTone = "open" | "soon" | "human" | "closed";

export interface Ring {
  tone: RingTone;
  /** The part of the circle that is drawn, from 0 to 1. */
  part: number;
}

/** The rest of Meta's 24 hours (or of the 7 days in which only a person may answer), as an arc. */
export function windowRing(window: WindowState, now: number): Ring {
  if (window.state === "closed" || window.until === null) return { tone: "closed", part: 0 };
  const left = Date.parse(window.until) - now;
  if (left <= 0) return { tone: "closed", part: 0 };
  if (window.state === "human") return { tone: "human", part: Math.min(1, left / WEEK_MS) };
  return { tone: left < SOON_MS ? "soon" : "open", part: Math.min(1, left / DAY_MS) };
}

/** How long until a window that ends then may be seen differently by the server: milliseconds, for a timer. */
export function untilNextChange(until: number, now: number): number {
  const next = now < until - MARGIN_MS ? until - MARGIN_MS : until;
  return Math.max(next - now, SHORTEST_MS);
}
