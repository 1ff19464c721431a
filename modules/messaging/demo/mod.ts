/** The demo workspace: an invented shop to look around in, which sends nothing. */
export { createDemo } from "./create_demo.ts";
export { removeDemo } from "./remove_demo.ts";
export { demoRoutes } from "./routes_demo.ts";
