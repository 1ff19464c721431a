/**
 * Relations that the SQL of other modules may join. They replace a table; the planner inlines them, so they cost
 * nothing.
 */
export const relations = {
  /** user_id, workspace_id and role, also of deactivated people. */
  members: "(select workspace_id, user_id, role from auth.memberships)",
  /** The same for people who can log in. */
  activeMembers: `(select m.workspace_id, m.user_id, m.role from auth.memberships m
    join auth.users u on u.id = m.user_id and u.deactivated_at is null)`,
  /** id and name. */
  users: "(select id, name from auth.users)",
  /** id and name. */
  workspaces: "(select id, name from auth.workspaces)",
  /** The ids of workspaces that are switched off. */
  workspacesOff: "(select id from auth.workspaces where disabled_at is not null)",
} as const;
