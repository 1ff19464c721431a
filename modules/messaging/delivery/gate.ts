import type { Rates } from "./rates.ts";

/** A worker takes at most this much of the future, so that pauses take effect soon and a crash wastes little. */
export const sliceMs = 250;
/** A message that has not left this long after its claim is returned: another worker may rely on it. */
export const latestMs = 500;
/**
 * A new owner of a page that was not given back waits this long: until the last claim's messages have left or been
 * returned, reached Meta, and left Meta's window of one second.
 */
export const takeoverMs = latestMs + 2_000;

// After a pause of the process, calls catch up by at most this time; more is lost. The
// places, not the slots, keep Meta's limit and the share of replies.
const catchUpMs = 150;
// How far Meta may answer faster than in the last seconds without our counting a call as too old.
const fasterMs = 8;
const spanMs = 2_000;
const spanCount = 5;
const smallestSample = 50;

/** A claimed message that waits to leave. */
export interface Waiting {
  claimedAt: number;
  isReply: boolean;
}

interface Departing<Item> {
  leave(item: Item): void;
  goBack(item: Item): void;
  most?: number;
}

/**
 * The last step before Meta, one for each page and kind of call; a page is sent from by one worker. Times are
 * milliseconds of this process's monotonic clock.
 *
 * Meta counts a call between the moment it left and the moment it was answered. A call therefore occupies its place
 * until a window after its answer, and only `capacity` places exist: however uneven the way is, no window at Meta can
 * hold more. The minimum time of every call (`quickest`) cannot make two calls come closer together, so it is credited.
 */
export function createGate<Item extends Waiting>() {
  const replies: Item[] = [];
  const others: Item[] = [];
  let rates: Rates = {
    capacity: 1,
    othersCapacity: 1,
    windowMs: 1000,
    openStepMs: 1000,
    reserveStepMs: null,
  };
  let openAt = 0;
  let reserveAt = 0;
  let closedUntil = 0;
  const places = createPlaces();
  /** Those of calls that are no replies. */
  const otherPlaces = createPlaces();
  let answeredAt = Number.NEGATIVE_INFINITY;
  const quickest = createQuickest();

  /** The next slot for the first in line; the row of replies alone counts for those only. */
  function nextSlot(): number {
    const isReply = replies.length > 0;
    const slot = isReply && rates.reserveStepMs !== null ? Math.min(openAt, reserveAt) : openAt;
    return Math.max(slot, closedUntil);
  }

  function takeSlot(now: number): void {
    const isReply = replies.length > 0;
    if (isReply && rates.reserveStepMs !== null && reserveAt < openAt)
      reserveAt = Math.max(reserveAt, now - catchUpMs) + rates.reserveStepMs;
    else openAt = Math.max(openAt, now - catchUpMs) + rates.openStepMs;
    places.take();
    if (!isReply) otherPlaces.take();
  }

  return {
    setRates(given: Rates): void {
      rates = given;
    },
    /** Nothing leaves before then. */
    closeUntil(at: number): void {
      closedUntil = Math.max(closedUntil, at);
    },
    /** How many more messages may leave within a slice. */
    room(now: number, isReply: boolean): number {
      const end = now + sliceMs;
      if (closedUntil > end) return 0;
      const waiting = replies.length + others.length;
      const free = rates.capacity - places.taken(now, end) - waiting;
      const freeForOthers = rates.othersCapacity - otherPlaces.taken(now, end) - others.length;
      const slots = (at: number, stepMs: number) =>
        Math.max(0, Math.floor((end - Math.max(at, now - catchUpMs, closedUntil)) / stepMs) + 1);
      const open = slots(openAt, rates.openStepMs);
      const reserve = rates.reserveStepMs === null ? 0 : slots(reserveAt, rates.reserveStepMs);
      if (isReply) return Math.max(0, Math.min(free, open + reserve - replies.length));
      return Math.max(0, Math.min(free, freeForOthers, open - waiting));
    },
    add(items: readonly Item[]): void {
      for (const item of items) (item.isReply ? replies : others).push(item);
    },
    /** Sends messages that may leave now, replies first and `most` at once. Returns when to look again. */
    run(now: number, { leave, goBack, most = Number.POSITIVE_INFINITY }: Departing<Item>): number {
      for (const line of [replies, others]) {
        while (line[0] && now - line[0].claimedAt > latestMs) {
          const [late] = line.splice(0, 1);
          if (late) goBack(late);
        }
      }
      let free = rates.capacity - places.taken(now);
      let freeForOthers = rates.othersCapacity - otherPlaces.taken(now);
      let left = most;
      while (replies.length + others.length > 0) {
        const slot = nextSlot();
        if (slot > now) return slot;
        const isReply = replies.length > 0;
        if (free <= 0 || (!isReply && freeForOthers <= 0)) break;
        if (left <= 0) return now;
        takeSlot(now);
        const item = replies.shift() ?? others.shift();
        if (item) leave(item);
        free -= 1;
        if (!isReply) freeForOthers -= 1;
        left -= 1;
      }
      const [first = others[0]] = replies;
      if (!first) return Number.POSITIVE_INFINITY;
      const { nextFreeAt } = free <= 0 ? places : otherPlaces;
      return Math.min(nextFreeAt(), first.claimedAt + latestMs + 1);
    },
    /** A call that left at `leftAt` was answered now. */
    answered(leftAt: number, now: number, isReply: boolean): void {
      answeredAt = now;
      const tookMs = now - leftAt;
      quickest.note(tookMs, now);
      const credit = Math.max(0, quickest.ms(now) - fasterMs);
      const freeAt = now - credit + rates.windowMs;
      places.answered(freeAt);
      if (!isReply) otherPlaces.answered(freeAt);
    },
    /** Takes back waiting messages. */
    empty(): Item[] {
      return [...replies.splice(0), ...others.splice(0)];
    },
    waiting(): number {
      return replies.length + others.length;
    },
    /** The time until Meta has forgotten all calls; 0: none are relevant. */
    busyMs(now: number): number {
      if (places.out() + replies.length + others.length > 0) return Number.POSITIVE_INFINITY;
      return Math.max(0, answeredAt + rates.windowMs - now, closedUntil - now);
    },
  };
}

export type Gate<Item extends Waiting> = ReturnType<typeof createGate<Item>>;

/** The places of calls that Meta may still count. */
function createPlaces() {
  /** Calls that left without a response yet. */
  let out = 0;
  /** The times at which answered calls' places become free, ascending. */
  let freeAt: number[] = [];
  let first = 0;
  return {
    take(): void {
      out += 1;
    },
    answered(at: number): void {
      out -= 1;
      freeAt.push(Math.max(freeAt.at(-1) ?? 0, at));
    },
    /** The number taken, without those free until `end`. */
    taken(now: number, end = now): number {
      while (first < freeAt.length && (freeAt[first] ?? 0) <= now) first += 1;
      if (first > 1_000) {
        freeAt = freeAt.slice(first);
        first = 0;
      }
      let returning = first;
      while (returning < freeAt.length && (freeAt[returning] ?? 0) <= end) returning += 1;
      return out + freeAt.length - returning;
    },
    nextFreeAt: () => freeAt[first] ?? Number.POSITIVE_INFINITY,
    out: () => out,
  };
}

/** The shortest time of a call in the last seconds; 0 until there are enough of them to know. */
function createQuickest() {
  let spans: { from: number; ms: number; count: number }[] = [];
  return {
    note(tookMs: number, now: number): void {
      let span = spans.at(-1);
      if (!span || now - span.from >= spanMs) {
        span = { from: now, ms: Number.POSITIVE_INFINITY, count: 0 };
        spans.push(span);
        if (spans.length > spanCount) spans = spans.slice(1);
      }
      span.ms = Math.min(span.ms, tookMs);
      span.count += 1;
    },
    ms(now: number): number {
      let ms = Number.POSITIVE_INFINITY;
      let count = 0;
      for (const span of spans) {
        if (now - span.from > spanMs * spanCount) continue;
        ms = Math.min(ms, span.ms);
        count += span.count;
      }
      return count >= smallestSample ? ms : 0;
    },
  };
}
