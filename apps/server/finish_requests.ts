import type { Server } from "bun";
import { log } from "#std";

/** Accepts no new connection, waits for pending responses, and aborts slow ones. */
export async function finishRequests(server: Server<unknown>, mostMs: number): Promise<void> {
  const late = Bun.sleep(mostMs).then(() => "late" as const);
  if ((await Promise.race([server.stop(), late])) !== "late") return;
  log.warn("Cut requests off at the end", { count: server.pendingRequests });
  await server.stop(true);
}
