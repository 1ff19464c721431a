import type { Clock } from "./clock.ts";

export interface Recall<T> {
  /**
   * What `make` gave for this key within the last `maxAgeMs`, or what it gives now. Those who ask while it is being made
   * share one call. An error is thrown to all who wait for it, and not kept.
   */
  get(key: string, maxAgeMs: number, make: () => Promise<T>): Promise<T>;
}

interface Known<T> {
  value: Promise<T>;
  /** Null until it is made. */
  madeAt: number | null;
}

/** Remembers answers that are dear to get, in this process; of at most so many keys, those that were asked for first go. */
export function createRecall<T>(clock: Clock, { mostKeys = 500 } = {}): Recall<T> {
  const known = new Map<string, Known<T>>();

  /** A failure is not remembered: who asked hears it. */
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
