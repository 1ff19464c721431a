/** Outcomes of campaigns: counts, results, recipients, speed. */
export { refreshReceipts } from "./receipts.ts";
export { hasState, readRecipients, recipientsSql, viewRecipient } from "./recipients.ts";
export { campaignResultsRoutes } from "./routes_campaign_results.ts";
export { type Recipient, RecipientList, WantedStateSchema } from "./schema_results.ts";
