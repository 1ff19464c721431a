/** A campaign as it is written: its draft, its audience, its approval, a test of it. */
export { approvers, needsApprovalSql } from "./approval.ts";
export { commenters } from "./commenters.ts";
export { checkStored, conditionOf } from "./draft_check.ts";
export { psidOf, readPagesWithoutTemplate, readRefusals } from "./refusals.ts";
export { audienceRoutes } from "./routes_audience.ts";
export { campaignApprovalRoutes } from "./routes_campaign_approval.ts";
export { campaignsRoutes } from "./routes_campaigns.ts";
export { sendContentAsTest, sendTest } from "./test_send.ts";
