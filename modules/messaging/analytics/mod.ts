/** Figures by day. */
export { countDays } from "./count_days.ts";
export { analyticsRoutes } from "./routes_analytics.ts";
