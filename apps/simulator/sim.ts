import type { Fault } from "./faults.ts";
import type { Limiter } from "./limiter.ts";
import type { Live } from "./live.ts";
import type { Outbox } from "./outbox.ts";
import type { State } from "./state.ts";
import type { Switches } from "./switches.ts";
import type { Webhooks } from "./webhooks.ts";

/** Shared by every part of the simulator. */
export interface Sim {
  state: State;
  switches: Switches;
  faults: Fault[];
  webhooks: Webhooks;
  limiter: Limiter;
  /** Arrival times of each page's Send API calls, including failed ones, in milliseconds of the monotonic clock. */
  arrivals: Map<string, number[]>;
  live: Live;
  outbox: Outbox;
  /** The address of this process as others reach it, without a slash at the end. */
  origin(): string;
  /** Says that the state changed, so that the state file gets written. */
  touch(): void;
  /** Runs later, unless the simulator stops before. */
  later(run: () => void, ms: number): void;
}
