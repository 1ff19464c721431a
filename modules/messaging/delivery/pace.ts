/** The slots of a page as its row holds them; times are milliseconds of the database's clock. */
export interface Pace {
  limitPerSecond: number;
  /** Share of the limit that is used, as it stood `shareAgeSeconds` ago. */
  share: number;
  shareAgeSeconds: number;
  openAt: number;
  reserveAt: number;
  now: number;
}

export interface DrawnSlots {
  /** When each message may leave, ascending. */
  times: number[];
  openAt: number;
  reserveAt: number;
  /** The time of the next free slot. */
  nextAt: number;
}

/** A worker takes at most this much of the future, so that a pause is heard soon and a crash wastes little. */
export const sliceMs = 250;
/** What is later than this for its slot goes back: late messages in a bunch would exceed the limit. */
export const latenessMs = 60;

// A throttled page is back at its full rate after this time.
const growSeconds = 600;
const smallestSplit = 20;

/** The share of the limit in use now: it grows back with time. */
export function shareNow(pace: Pick<Pace, "share" | "shareAgeSeconds">): number {
  return Math.min(1, pace.share + Math.max(0, pace.shareAgeSeconds) / growSeconds);
}

/**
 * Slots per second. Less than the limit by what lateness and the two ends of a window may add, so that no window of
 * one second holds more messages than Meta allows. Small limits have no reserve: it would be less than one message.
 */
export function ratesOf(pace: Pick<Pace, "limitPerSecond" | "share" | "shareAgeSeconds">): {
  open: number;
  reserve: number;
} {
  const { limitPerSecond: limit } = pace;
  const share = shareNow(pace);
  if (limit < smallestSplit) return { open: Math.max(limit / 4, limit * 0.92 - 1) * share, reserve: 0 };
  const usable = (limit * 0.92 - 2) * share;
  return { open: usable * 0.8, reserve: usable * 0.2 };
}

/**
 * Draws up to `count` slots within the next slice. Everybody draws from the open row; a reply also draws from the
 * reserve, whichever is free first: it never waits behind a campaign, and replies alone may take everything.
 */
export function drawSlots(pace: Pace, options: { isReply: boolean; count: number }): DrawnSlots {
  const { now } = pace;
  const rates = ratesOf(pace);
  const openStep = 1000 / rates.open;
  const reserveStep = rates.reserve > 0 ? 1000 / rates.reserve : 0;
  // A cursor further ahead than a slice and a step comes from a clock that was set back.
  const start = (cursor: number, step: number) => Math.min(Math.max(cursor, now), now + sliceMs + step);
  let openAt = start(pace.openAt, openStep);
  let reserveAt = start(pace.reserveAt, reserveStep);
  const times: number[] = [];
  const mayReserve = options.isReply && reserveStep > 0;
  const next = () => (mayReserve ? Math.min(openAt, reserveAt) : openAt);
  while (times.length < options.count && next() <= now + sliceMs) {
    times.push(next());
    if (mayReserve && reserveAt < openAt) reserveAt += reserveStep;
    else openAt += openStep;
  }
  return { times, openAt, reserveAt, nextAt: next() };
}
