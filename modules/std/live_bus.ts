/** A small fact for screens: ids only, so that a missed one costs a refetch and never data. */
export interface LiveEvent {
  /** Grows along one channel; `since` takes it. */
  id: string;
  name: string;
  data: Record<string, string | number | boolean | null | Record<string, number>>;
}

export type NewLiveEvent = Omit<LiveEvent, "id">;

/** Fan-out of live events by channel, in this process or across all of them. */
export interface LiveBus {
  publish(channel: string, events: NewLiveEvent[]): Promise<void>;
  subscribe(channel: string, listener: (event: LiveEvent) => void): () => void;
  /** What came after `id`, or null when that is too long ago to know. */
  since(channel: string, id: string): Promise<LiveEvent[] | null>;
  close(): void;
}

const kept = 1_000;

/** One process serves itself. Ids carry the time the bus was made, so that those of an earlier run are known as too old. */
export function createLocalLiveBus(): LiveBus {
  const listeners = new Map<string, Set<(event: LiveEvent) => void>>();
  const history = new Map<string, LiveEvent[]>();
  const run = Date.now().toString(36);
  let sequence = 0;

  return {
    async publish(channel, events) {
      const log = history.get(channel) ?? [];
      history.set(channel, log);
      for (const fresh of events) {
        sequence += 1;
        const event = { ...fresh, id: `${run}-${sequence}` };
        log.push(event);
        for (const listener of listeners.get(channel) ?? []) listener(event);
      }
      if (log.length > kept) log.splice(0, log.length - kept);
    },
    subscribe(channel, listener) {
      const set = listeners.get(channel) ?? new Set();
      listeners.set(channel, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0) listeners.delete(channel);
      };
    },
    async since(channel, id) {
      const [of, position] = id.split("-");
      const after = Number(position);
      if (of !== run || !Number.isInteger(after)) return null;
      const log = history.get(channel) ?? [];
      const oldest = log[0] ? Number(log[0].id.split("-")[1]) : sequence + 1;
      // Ids are shared by all channels: a gap before the oldest kept event may hide events that were dropped.
      if (log.length >= kept && after < oldest - 1) return null;
      return log.filter((event) => Number(event.id.split("-")[1]) > after);
    },
    close() {
      listeners.clear();
    },
  };
}
