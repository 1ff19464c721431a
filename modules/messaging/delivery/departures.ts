import type { Flight } from "./flight.ts";
import type { PageGates } from "./page_gates.ts";

// Closer together than this one timer would only cost more.
const tickMs = 2;
// Messages that leave at once block this process: the rest waits for the next turn.
const mostAtOnce = 50;

/** Lets messages out of their gates when their time has come: one timer for all pages, none per message. */
export function createDepartures(
  gates: PageGates,
  options: { leave(flight: Flight): void; goBack(flight: Flight): void },
) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dueAt = Number.POSITIVE_INFINITY;

  function run(): void {
    dueAt = Number.POSITIVE_INFINITY;
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    let left = mostAtOnce;
    for (const page of gates.all()) {
      if (page.gate.waiting() === 0) continue;
      const leave = (flight: Flight) => {
        left -= 1;
        page.uncounted += 1;
        page.lastTo.note(flight.contactId ?? flight.psid, now);
        options.leave(flight);
      };
      next = Math.min(next, page.gate.run(now, { leave, goBack: options.goBack, most: left }));
    }
    if (next < Number.POSITIVE_INFINITY) look(left === 0 ? 0 : Math.max(tickMs, next - now));
  }

  function look(ms: number): void {
    const at = performance.now() + ms;
    if (at >= dueAt) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(run, ms);
  }

  return {
    /** Sends the messages that may leave now. */
    run,
    /** A place is free. */
    look(): void {
      look(0);
    },
    stop(): void {
      clearTimeout(timer);
    },
  };
}
