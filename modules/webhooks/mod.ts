/** Webhooks from Meta: verified, stored once, and kept raw. */
export { createIngest, type Ingest, type IngestDeps, type IngestOptions } from "./ingest.ts";
export { receiveWebhook, type ReceiveDeps } from "./receive.ts";
export { retentionHandlers, scheduleRetention } from "./raw_retention.ts";
export { countRawEvents, type RawEvent, type RawEventCounts, type RawEventState } from "./raw_events.ts";
export { rawEventRoutes, type RawEventRoutesDeps, webhookRoutes, type WebhookRoutesDeps } from "./routes.ts";
export { type SignatureVerdict, verifySignature } from "./signed_body.ts";
