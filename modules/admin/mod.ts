/** Health of the installation, its jobs, and the first steps of a workspace. */
export type { AdminDeps, WebhookCounts } from "./deps.ts";
export { pruningHandlers, schedulePruning } from "./pruning.ts";
export { healthRoutes } from "./routes_health.ts";
export { onboardingRoutes } from "./routes_onboarding.ts";
export { systemRoutes } from "./routes_system.ts";
