/** A campaign under way: launch, start, plan, control, split test and end. */
export { endRows } from "./end_rows.ts";
export { type MendedPages, pageReasons, readMended } from "./missed.ts";
export { notifyMembers, notifyOverdue, remindOfStart } from "./notify_members.ts";
export { planSome } from "./plan.ts";
export { campaignControlRoutes } from "./routes_campaign_control.ts";
export { decideSplits, releaseHeld } from "./split.ts";
export { startDue } from "./start_due.ts";
