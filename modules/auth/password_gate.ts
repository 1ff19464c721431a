import { availableParallelism } from "node:os";
import { problem } from "./problems.ts";

export interface GateOptions {
  /** How many at a time. */
  slots: number;
  /** How many may wait in each of the two queues. */
  mostWaiting: number;
}

const busy = () => problem("login-busy", {}, { retryAfterSeconds: 10 });

/**
 * Admits few at a time, because hashing a password occupies a processor for a quarter of a second. Known devices and
 * signed-in people have a queue with priority, so others cannot delay them.
 */
export function createGate({ slots, mostWaiting }: GateOptions) {
  const queues = { first: [] as (() => void)[], others: [] as (() => void)[] };
  let running = 0;
  return async function pass<T>(isFirst: boolean, work: () => Promise<T>): Promise<T> {
    if (running < slots) running += 1;
    else {
      const queue = isFirst ? queues.first : queues.others;
      if (queue.length >= mostWaiting) throw busy();
      // The slot is handed over, so no other caller can take it.
      await new Promise<void>((resolve) => queue.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = queues.first.shift() ?? queues.others.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

/** The one of this process: half of the processors hash, at most four. */
export const passPasswordGate = createGate({
  slots: Math.max(1, Math.min(4, Math.floor(availableParallelism() / 2))),
  mostWaiting: 64,
});
