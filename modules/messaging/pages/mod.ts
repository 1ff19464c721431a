/** Connected Facebook pages: login, permissions, checks. */
export { checkHandler, dailyCheckHandler } from "./check_job.ts";
export type { PageDeps } from "./deps.ts";
export { endRestrictions } from "./end_restrictions.ts";
export { pruneFacebookLogins } from "./login.ts";
export { subscribedFields } from "./fields.ts";
export { loginScopes, scopesOf } from "./permissions.ts";
export { resealPageTokens } from "./reseal.ts";
export { retryHumanAgent } from "./retry_human_agent.ts";
export { pagesRoutes } from "./routes.ts";
export {
  deletionPageRoutes,
  metaCallbackRoutes,
  privacyRoutes,
  type CallbackDeps,
  type DeletionPageDeps,
} from "./routes_meta.ts";
export { askRouting, storeRouting } from "./routing.ts";
export { checkJob, dailyCheckJob, scheduleChecks } from "./schedule.ts";
export { notifyOfTrouble } from "./notify_of_trouble.ts";
export { forgetLogins } from "./withdrawal.ts";
