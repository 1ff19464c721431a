/** What comes from Meta: verified, stored once and for good, and kept raw. */
export {
  createIngest,
  type Ingest,
  type IngestDeps,
  type IngestOptions,
  IngestUnavailable,
} from "./ingest.ts";
export { longestBodyBytes, receiveWebhook, type ReceiveDeps } from "./receive.ts";
export {
  keepRawEvents,
  retentionHandlers,
  type RetentionOptions,
  scheduleRetention,
} from "./raw_retention.ts";
export {
  countRawEvents,
  listRawEvents,
  type RawEvent,
  type RawEventCounts,
  type RawEventQuery,
  type RawEventState,
  replayRawEvent,
} from "./raw_events.ts";
export { rawEventRoutes, type RawEventRoutesDeps, webhookRoutes, type WebhookRoutesDeps } from "./routes.ts";
export { type SignatureVerdict, verifySignature } from "./signature.ts";
