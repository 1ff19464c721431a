/** Whether a workspace sends by itself. */
export { workspaceSwitchRoutes } from "./routes_workspace_switch.ts";
export { isWorkspaceOn, requireWorkspaceOn } from "./workspace_on.ts";
