/** Conversations: lists, threads, notes, assignment. */
export { type FirstSteps, firstPageId, readFirstSteps } from "./first_steps.ts";
export { assignConversations } from "./assign_conversations.ts";
export { inboxJobs } from "./job_handlers.ts";
export { releaseConversations } from "./release.ts";
export { contactTimelineRoutes } from "./routes_contact_timeline.ts";
export { conversationsRoutes } from "./routes_conversations.ts";
export { assignmentRulesRoutes } from "./routes_assignment_rules.ts";
export { timelineRoutes } from "./routes_timeline.ts";
export { viewsRoutes } from "./routes_views.ts";
