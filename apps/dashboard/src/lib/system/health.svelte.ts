import { system } from "../api/system.ts";
import type { SystemHealth } from "../api/types.ts";
import { describeError } from "../api/request.ts";

const AGAIN_MS = 10_000;

/** The state of the installation, asked again every ten seconds while it is looked at. */
export class Health {
  now = $state.raw<SystemHealth | null>(null);
  problem = $state<string | null>(null);

  start(): () => void {
    void this.ask();
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void this.ask();
    }, AGAIN_MS);
    return () => clearInterval(timer);
  }

  async ask(): Promise<void> {
    try {
      this.now = await system.health();
      this.problem = null;
    } catch (error) {
      this.problem = describeError(error);
    }
  }
}
