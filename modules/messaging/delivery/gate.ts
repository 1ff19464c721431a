import type { Rates } from "./rates.ts";

/** A worker takes at most this much of the future, so that a pause is heard soon and a crash wastes little. */
export const sliceMs = 250;
/** What did not leave this long after its claim goes back: another worker may rely on it. */
export const latestMs = 500;
/**
 * Whoever takes a page from a worker that did not give it back waits this long: until what that one claimed last has
 * left or gone back, has reached Meta, and has left Meta's window of one second.
 */
export const takeoverMs = latestMs + 2_000;

// After a pause of the process calls leave closer together for as much as this, and what was missed longer is lost. The
// places, not the slots, keep Meta's limit; more than this would take the places of replies.
const catchUpMs = 150;
// How far Meta may answer faster than in the last seconds without our counting a call as too old.
const fasterMs = 8;
const spanMs = 2_000;
const spanCount = 5;
const smallestSample = 50;

/** What waits to leave: a message of a claim. */
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
 * hold more. What every call takes at least (`quickest`) can't make two calls come closer together, and is given back.
 */
export function createGate<Item extends Waiting>() {
  const replies: Item[] = [];
  const others: Item[] = [];
  let rates: Rates = { capacity: 1, windowMs: 1000, openStepMs: 1000, reserveStepMs: null };
  let openAt = 0;
  let reserveAt = 0;
  let closedUntil = 0;
  /** Calls that left and were not answered. */
  let out = 0;
  /** When each answered call's place is free, ascending. */
  let freeAt: number[] = [];
  let firstFree = 0;
  let answeredAt = Number.NEGATIVE_INFINITY;
  const quickest = createQuickest();

  function forget(now: number): void {
    while (firstFree < freeAt.length && (freeAt[firstFree] ?? 0) <= now) firstFree += 1;
    if (firstFree > 1_000) {
      freeAt = freeAt.slice(firstFree);
      firstFree = 0;
    }
  }

  function places(now: number): number {
    forget(now);
    return rates.capacity - out - (freeAt.length - firstFree);
  }

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
    out += 1;
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
      forget(now);
      let returning = firstFree;
      while (returning < freeAt.length && (freeAt[returning] ?? 0) <= end) returning += 1;
      const waiting = replies.length + others.length;
      const free = rates.capacity - out - (freeAt.length - returning) - waiting;
      const slots = (at: number, stepMs: number) =>
        Math.max(0, Math.floor((end - Math.max(at, now - catchUpMs, closedUntil)) / stepMs) + 1);
      const open = slots(openAt, rates.openStepMs);
      const reserve = rates.reserveStepMs === null ? 0 : slots(reserveAt, rates.reserveStepMs);
      return Math.max(0, Math.min(free, isReply ? open + reserve - replies.length : open - waiting));
    },
    add(items: readonly Item[]): void {
      for (const item of items) (item.isReply ? replies : others).push(item);
    },
    /** Lets out what may leave now, replies first and `most` at once. Returns when to look again. */
    run(now: number, { leave, goBack, most = Number.POSITIVE_INFINITY }: Departing<Item>): number {
      for (const line of [replies, others]) {
        while (line[0] && now - line[0].claimedAt > latestMs) {
          const [late] = line.splice(0, 1);
          if (late) goBack(late);
        }
      }
      let free = places(now);
      let left = most;
      while (replies.length + others.length > 0) {
        const slot = nextSlot();
        if (slot > now) return slot;
        if (free <= 0) break;
        if (left <= 0) return now;
        takeSlot(now);
        const item = replies.shift() ?? others.shift();
        if (item) leave(item);
        free -= 1;
        left -= 1;
      }
      const [first = others[0]] = replies;
      if (!first) return Number.POSITIVE_INFINITY;
      return Math.min(freeAt[firstFree] ?? Number.POSITIVE_INFINITY, first.claimedAt + latestMs + 1);
    },
    /** A call that left at `leftAt` was answered now. */
    answered(leftAt: number, now: number): void {
      out -= 1;
      answeredAt = now;
      const tookMs = now - leftAt;
      quickest.note(tookMs, now);
      const credit = Math.max(0, quickest.ms(now) - fasterMs);
      freeAt.push(Math.max(freeAt.at(-1) ?? 0, now - credit + rates.windowMs));
    },
    /** Takes back what waits. */
    empty(): Item[] {
      return [...replies.splice(0), ...others.splice(0)];
    },
    waiting(): number {
      return replies.length + others.length;
    },
    out(): number {
      return out;
    },
    /** How long until Meta has forgotten all calls; 0: nobody needs to know that there were any. */
    busyMs(now: number): number {
      if (out + replies.length + others.length > 0) return Number.POSITIVE_INFINITY;
      return Math.max(0, answeredAt + rates.windowMs - now, closedUntil - now);
    },
  };
}

export type Gate<Item extends Waiting> = ReturnType<typeof createGate<Item>>;

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
