/** The worker of `apps/server/main.ts` with the sending settings of BENCH_DELIVERY, as JSON. */
import { startTicker, startDelivery } from "#messaging";
import { readConfig } from "../../../apps/server/config.ts";
import { openSystem } from "../../../apps/server/system.ts";

const settings: Parameters<typeof startDelivery>[1] = JSON.parse(process.env.BENCH_DELIVERY ?? "{}");
const system = await openSystem(readConfig(process.env));
const delivery = startDelivery(system, settings);
system.onWakeDelivery(() => delivery.wake());
startTicker(system);
