import type { Clock } from "./clock.ts";

export interface Recall<T> {
  /**
   * The result of `make` for this key within the last `maxAgeMs`, or a new one. Concurrent callers share one call. An
   * error is thrown to all of them and not kept.
   */
  get(key: string, maxAgeMs: number, make: () => Promise<T>): Promise<T>;
}

interface Known<T> {
  value: Promise<T>;
  /** Null until it is made. */
  madeAt: number | null;
}

/** Caches expensive results in this process, up to a number of keys; the oldest are dropped. */
export function createRecall<T>(clock: Clock, { mostKeys = 500 } = {}): Recall<T> {
  const known = new Map<string, Known<T>>();

  /** Failures are not cached: their callers get them. */
  async function settle(key: string, fresh: Known<T>): Promise<void> {
    try {
      await fresh.value;
      fresh.madeAt = clock();
    } catch {
      if (known.get(key) === fresh) known.delete(key);
    }
  }

  return {
    get(key, maxAgeMs, make) {
      const found = known.get(key);
      if (found && (found.madeAt === null || clock() - found.madeAt < maxAgeMs)) return found.value;
      const fresh: Known<T> = { value: make(), madeAt: null };
      known.delete(key);
      known.set(key, fresh);
      const [oldest] = known.keys();
      if (known.size > mostKeys && oldest !== undefined) known.delete(oldest);
      void settle(key, fresh);
      return fresh.value;
    },
  };
}
