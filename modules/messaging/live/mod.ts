/** The stream of events that open dashboards listen to. */
export { type LiveDeps, type LiveOptions, liveRoutes } from "./live_stream.ts";
