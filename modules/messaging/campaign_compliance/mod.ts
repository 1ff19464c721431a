/** Which messages were sent and held back, and why: the compliance sheet and its file. */
export { complianceRoutes } from "./routes_compliance.ts";
