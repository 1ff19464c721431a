/** Messages to an audience: draft, plan, control, results. */
export { viewCounts } from "./campaign_view.ts";
export type { CampaignDeps, CampaignRouteDeps, LinkDeps } from "./deps.ts";
export { endRows } from "./end_rows.ts";
export { planSome } from "./plan.ts";
export { measureSpeed, refreshReceipts } from "./receipts.ts";
export { hasState, readRecipients, recipientsSql, viewRecipient } from "./recipients.ts";
export { audienceRoutes } from "./routes_audience.ts";
export { campaignApprovalRoutes } from "./routes_campaign_approval.ts";
export { campaignControlRoutes } from "./routes_campaign_control.ts";
export { campaignResultsRoutes } from "./routes_campaign_results.ts";
export { campaignsRoutes } from "./routes_campaigns.ts";
export { complianceRoutes } from "./routes_compliance.ts";
export { TestSendResponse } from "./schema.ts";
export { type Recipient, RecipientList, WantedStateSchema } from "./schema_results.ts";
export { decideSplits, releaseHeld } from "./split.ts";
export { startDue } from "./start_due.ts";
export { notifyOverdue, notifyMembers, remindOfStart } from "./notify_members.ts";
export { sendContentAsTest } from "./test_send.ts";
