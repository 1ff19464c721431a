/** Who is calling and what they may do: owner, login, sessions, workspaces, roles and permissions. */
export type { AuthConfig, AuthDeps } from "./deps.ts";
export { type Declared, declaredPermission, guard, isStillSignedIn } from "./guard.ts";
export { type Permission, permissionsOf, type Role, rolePermissions } from "./permissions.ts";
export type { Principal, UserPrincipal } from "./principal.ts";
export { userNames } from "./user_store.ts";
