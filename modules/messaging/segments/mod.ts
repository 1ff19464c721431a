/** Saved groups of contacts. */
export { segmentsRoutes } from "./routes_segments.ts";
export { checkNewSegment, insertSegment } from "./segment_store.ts";
export { segmentDynamic } from "./problems.ts";
