import type { Sql } from "postgres";
import { log } from "#std";
import type { Flight, Landed } from "./flight.ts";
import { settleBatch, type Settled } from "./settle.ts";
import type { DeliverySettings } from "./settings.ts";

const mostAtOnce = 500;

export interface Settler {
  add(landed: Landed): void;
  /** Waits until all results are written and none are to come. */
  drain(isOver: () => boolean): Promise<void>;
}

interface SettlerOptions {
  onSettled(settled: Settled, flights: Flight[]): void;
}

/**
 * Collects results and writes them in batches: every 50 ms or 500 results. Those of replies are written at once and by
 * themselves: they never wait for a batch of a campaign. While the database is away results wait here; should this
 * process die, the echoes and Meta itself know what was sent.
 */
export function createSettler(sql: Sql, settings: DeliverySettings, options: SettlerOptions): Settler {
  const replies = createLine(sql, settings, { ...options, afterMs: 0 });
  const others = createLine(sql, settings, { ...options, afterMs: settings.settleMs });
  return {
    add(landed) {
      (landed.flight.isReply ? replies : others).add(landed);
    },
    async drain(isOver) {
      await Promise.all([replies.drain(isOver), others.drain(isOver)]);
    },
  };
}

function createLine(
  sql: Sql,
  settings: DeliverySettings,
  { afterMs, onSettled }: SettlerOptions & { afterMs: number },
): Settler {
  let waiting: Landed[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dueAt = Number.POSITIVE_INFINITY;
  let writing: Promise<void> | undefined;

  function schedule(ms: number): void {
    const at = performance.now() + ms;
    if (at >= dueAt) return;
    dueAt = at;
    clearTimeout(timer);
    timer = setTimeout(() => void flush(), ms);
  }

  async function flush(): Promise<void> {
    clearTimeout(timer);
    dueAt = Number.POSITIVE_INFINITY;
    if (writing) return await writing;
    writing = write().finally(() => {
      writing = undefined;
      if (waiting.length > 0) schedule(0);
    });
    return await writing;
  }

  async function write(): Promise<void> {
    const batch = waiting.slice(0, mostAtOnce);
    waiting = waiting.slice(mostAtOnce);
    if (batch.length === 0) return;
    for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, 5_000)) {
      try {
        const settled = await settleBatch(sql, batch, settings);
        onSettled(
          settled,
          batch.map(({ flight }) => flight),
        );
        return;
      } catch (error) {
        log.warn("Cannot write what was sent; trying again", { count: batch.length, error });
        await Bun.sleep(pauseMs * (0.5 + Math.random()));
      }
    }
  }

  return {
    add(landed) {
      waiting.push(landed);
      schedule(waiting.length >= mostAtOnce ? 0 : afterMs);
    },
    async drain(isOver) {
      while (waiting.length > 0 || writing || !isOver()) {
        await flush();
        if (waiting.length === 0 && !isOver()) await Bun.sleep(5);
      }
    },
  };
}
