/** Conversations: lists, threads, notes, assignment. */
export { type FirstSteps, readFirstSteps } from "./first_steps.ts";
export { giveOut } from "./give_out.ts";
export { inboxJobs } from "./job_handlers.ts";
export { releaseConversations } from "./release.ts";
export { contactThreadRoutes } from "./routes_contact_thread.ts";
export { conversationsRoutes } from "./routes_conversations.ts";
export { givingRoutes } from "./routes_giving.ts";
export { threadRoutes } from "./routes_thread.ts";
export { viewsRoutes } from "./routes_views.ts";
