// A throttled page is back at its full rate after this time.
const growSeconds = 600;
// The rest is for replies alone.
const othersShare = 0.8;
// Below it a fifth would be less than a message or two.
const smallestSplit = 20;

/** The pace in a page's row. */
export interface Pace {
  /** The page's, at most Meta's. */
  limitPerSecond: number;
  /** Share of the limit that was in use `shareAgeSeconds` ago. */
  share: number;
  shareAgeSeconds: number;
}

export interface Rates {
  /** Calls in a window, never more: the limit, as far as it is in use. */
  capacity: number;
  /** Of these at most so many that are no replies, however much they have to make up for. */
  othersCapacity: number;
  windowMs: number;
  /** Milliseconds between two calls of the shared row. */
  openStepMs: number;
  /** The same for the row of replies alone; null: there is none. */
  reserveStepMs: number | null;
}

/** The share of the limit in use now: it grows back with time. */
export function shareNow({ share, shareAgeSeconds }: Pick<Pace, "share" | "shareAgeSeconds">): number {
  return Math.min(1, share + Math.max(0, shareAgeSeconds) / growSeconds);
}

/** The rates in use now. A throttle halves the share, time brings it back. A fifth is for replies alone. */
export function ratesOf(pace: Pace): Rates {
  const { limitPerSecond } = pace;
  const perSecond = limitPerSecond * shareNow(pace);
  const capacity = Math.max(1, Math.floor(perSecond + 1e-6));
  const windowMs = perSecond < 1 ? 1000 / perSecond : 1000;
  const stepMs = windowMs / capacity;
  if (limitPerSecond < smallestSplit)
    return { capacity, othersCapacity: capacity, windowMs, openStepMs: stepMs, reserveStepMs: null };
  const othersCapacity = Math.max(1, Math.floor(capacity * othersShare + 1e-6));
  return {
    capacity,
    othersCapacity,
    windowMs,
    openStepMs: stepMs / othersShare,
    reserveStepMs: stepMs / (1 - othersShare),
  };
}
