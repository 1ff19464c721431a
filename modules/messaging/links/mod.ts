/** Public links of messages. */
export { publicRoutes } from "./routes_public.ts";
