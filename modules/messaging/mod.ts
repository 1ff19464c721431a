/** Pages, contacts, the inbox and all sending. Functions for webhooks are in inbound/mod.ts. */
export {
  type AppHold,
  type DeliveryWorker,
  type LaneSummary,
  readAppHold,
  startDelivery,
  summarizeLanes,
} from "./delivery/mod.ts";
export { createDemo } from "./demo/mod.ts";
export { type MessagingDeps, workspaceChannel } from "./deps.ts";
export { createGraph, type GraphClient } from "./graph/mod.ts";
export { firstPageId, readFirstSteps, releaseConversations } from "./inbox/mod.ts";
export { jobHandlers, scheduleDaily } from "./jobs.ts";
export type { LiveEvent } from "./live_event.ts";
export { createFileAs, readFiles } from "./media/mod.ts";
export { messagingRoutes, openPages } from "./routes.ts";
export { csvLine } from "./sheets/mod.ts";
export { findUnseenIn } from "./sight/mod.ts";
export { startTicker } from "./ticker.ts";
export { deletePersons, pruneMessaging, resealTokens } from "./upkeep.ts";
