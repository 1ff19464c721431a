/**
 * Relations that the SQL of other modules may join. They replace a table; the planner inlines them, so they cost
 * nothing.
 */
export const relations = {
  /** user_id, workspace_id, role and access, also of deactivated people. */
  members: "(select workspace_id, user_id, role, access from auth.memberships)",
  /** The same for people who can log in. */
  activeMembers: `(select m.workspace_id, m.user_id, m.role, m.access from auth.memberships m
    join auth.users u on u.id = m.user_id and u.deactivated_at is null)`,
  /** workspace_id, user_id and page_id of members who see chosen pages. */
  memberPages: "(select workspace_id, user_id, page_id from auth.member_pages)",
  /** id and name. */
  users: "(select id, name from auth.users)",
  /** id and name. */
  workspaces: "(select id, name from auth.workspaces)",
  /** The ids of workspaces that are switched off. */
  workspacesOff: "(select id from auth.workspaces where disabled_at is not null)",
} as const;
