/** Meta's rate limits, counted at arrival. */
export interface Limiter {
  /** Takes one call from a rolling window; false when the window is full. A null limit is always free. */
  take(key: string, limit: number | null, windowMs: number): boolean;
  /** Counts a call of the page in the last 24 h and returns the count, this one included. */
  countDaily(pageId: string): number;
  reset(): void;
}

interface Window {
  times: Float64Array;
  head: number;
  size: number;
}

const slotMs = 15 * 60_000;
const slots = 96;

/** Makes the limiter. Windows are exact: no span of `windowMs` ever holds more than `limit` calls. */
export function createLimiter(clock: () => number = () => performance.now()): Limiter {
  const windows = new Map<string, Window>();
  const daily = new Map<string, { slot: number; counts: Float64Array }>();

  return {
    take(key, limit, windowMs) {
      if (limit === null) return true;
      if (limit <= 0) return false;
      let window = windows.get(key);
      if (window === undefined || window.times.length !== limit) {
        window = resize(window, limit);
        windows.set(key, window);
      }
      const now = clock();
      if (window.size === limit) {
        const oldest = window.times[window.head] ?? 0;
        if (now - oldest < windowMs) return false;
        window.times[window.head] = now;
        window.head = (window.head + 1) % limit;
        return true;
      }
      window.times[(window.head + window.size) % limit] = now;
      window.size += 1;
      return true;
    },
    countDaily(pageId) {
      const slot = Math.floor(Date.now() / slotMs);
      let day = daily.get(pageId);
      if (day === undefined) {
        day = { slot, counts: new Float64Array(slots) };
        daily.set(pageId, day);
      }
      for (let stale = Math.max(day.slot + 1, slot - slots + 1); stale <= slot; stale += 1) {
        day.counts[stale % slots] = 0;
      }
      day.slot = slot;
      day.counts[slot % slots] = (day.counts[slot % slots] ?? 0) + 1;
      return day.counts.reduce((sum, count) => sum + count, 0);
    },
    reset() {
      windows.clear();
      daily.clear();
    },
  };
}

/** Keeps the newest calls when a limit is changed live. */
function resize(window: Window | undefined, limit: number): Window {
  const resized: Window = { times: new Float64Array(limit), head: 0, size: 0 };
  if (window === undefined) return resized;
  const kept = Math.min(limit, window.size);
  for (let index = window.size - kept; index < window.size; index += 1) {
    resized.times[resized.size] = window.times[(window.head + index) % window.times.length] ?? 0;
    resized.size += 1;
  }
  return resized;
}
