/** An event on a bus; each owner narrows it to a union of names and data. */
export interface LiveFact {
  name: string;
  data: object;
}

/** A delivered event. Its id grows along one channel; pass it to `since`. */
export type Numbered<Event extends LiveFact> = Event & { id: string };

/** Missed events cannot be repeated: screens reload. */
export interface Refetch {
  id: "";
  name: "refetch";
  data: { channel: string };
}

export type LiveListener<Event extends LiveFact> = (event: Numbered<Event> | Refetch) => void;

/** Fan-out of live events by channel, in this process or across all of them. */
export interface LiveBus<Event extends LiveFact> {
  publish(channel: string, events: readonly Event[]): Promise<void>;
  subscribe(channel: string, listener: LiveListener<Event>): () => void;
  /** The events after `id`, or null if it is too old. */
  since(channel: string, id: string): Promise<Numbered<Event>[] | null>;
  close(): void;
}

const kept = 1_000;

/** For one process. Ids contain the creation time of the bus, so ids of an earlier run are too old. */
export function createLocalLiveBus<Event extends LiveFact>(): LiveBus<Event> {
  const listeners = new Map<string, Set<LiveListener<Event>>>();
  const history = new Map<string, Numbered<Event>[]>();
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
      // All channels share the ids: a gap before the oldest kept event may hide dropped events.
      if (log.length >= kept && after < oldest - 1) return null;
      return log.filter((event) => Number(event.id.split("-")[1]) > after);
    },
    close() {
      listeners.clear();
    },
  };
}
