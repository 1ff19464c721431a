import { m } from "#lib/paraglide/messages.js";
import type { TeamRole } from "../api/team.ts";
import { roleNames } from "../auth/role_names.ts";

/** The permissions of each role, in a line. */
export const roleAbouts = {
  none: m.team_no_access_about(),
  viewer: m.team_viewer_about(),
  operator: m.team_operator_about(),
  manager: m.team_manager_about(),
  owner: m.team_owner_about(),
} as const;

export const teamRoles: readonly { value: TeamRole; name: string }[] = (
  ["viewer", "operator", "manager"] as const
).map((value) => ({ value, name: roleNames[value] }));
