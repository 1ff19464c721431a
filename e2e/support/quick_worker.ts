/** The worker of `apps/server/main.ts` with shorter times, in a process of its own that a test may kill. */
import { startJobs } from "#db";
import { jobHandlers, startTicker, startDelivery } from "#messaging";
import { readConfig } from "../../apps/server/config.ts";
import { openSystem } from "../../apps/server/system.ts";

const system = await openSystem(readConfig(process.env));
const delivery = startDelivery(system, {
  leaseSeconds: 2,
  // Longer than the longest delay: a message that Meta accepts late must be found before it is sent again.
  graceSeconds: 4,
  retrySeconds: [0.5, 1],
  throttleSeconds: 1.5,
  sendTimeoutMs: 1_200,
  recoverMs: 500,
});
system.onWakeDelivery(() => delivery.wake());
startJobs(system, jobHandlers(system));
startTicker(system);
