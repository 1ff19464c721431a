/** What people who got a message may open. */
export { publicRoutes } from "./routes_public.ts";
