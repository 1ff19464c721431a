import { m } from "#lib/paraglide/messages.js";

/** Roles as people read them. */
export const roleNames = {
  owner: m.shell_role_owner(),
  manager: m.shell_role_manager(),
  operator: m.shell_role_operator(),
  viewer: m.shell_role_viewer(),
} as const;
