/** Identity and permissions: owner, login, sessions, workspaces, roles and permissions. */
export { deactivateUser, deleteUser, reactivateUser, resetPassword } from "./accounts.ts";
export { type ActivityAction, activityActions, activityKinds } from "./activity/actions.ts";
export {
  type ActivityEntry,
  type ActivityFilter,
  listActivity,
  listActors,
  readActivity,
} from "./activity/list_activity.ts";
export { type Actor, actorKinds, asActor, commandLine, currentActor } from "./activity/actor.ts";
export { changesOf } from "./activity/changes.ts";
export { type Activity, activityRows, recordActivity } from "./activity/record.ts";
export { createCallerReader } from "./caller.ts";
export { addressBlock, clientAddress } from "./client_address.ts";
export {
  type DemoMember,
  type DemoWorkspace,
  deleteDemoWorkspace,
  insertDemoWorkspace,
  readDemoWorkspaceId,
} from "./demo_workspace.ts";
export type { AuthConfig, AuthDeps } from "./deps.ts";
export { requireEmail } from "./email.ts";
export { accessRuleOf } from "./access_rules.ts";
export { type Declared, declaredPermission, type FindUnseen, guard } from "./guard.ts";
export { ensureOwner, needsOwner, setupToken } from "./owner.ts";
export { readOwnerId, setOwner, transferOwnership } from "./owners.ts";
export { requireGoodPassword } from "./password.ts";
export { type GivenAccess, memberSees, type PageAccess, type Viewer } from "./page_access.ts";
export { type Permission, type Role, rolePermissions, rolesWith } from "./permissions.ts";
export type { Principal } from "./principal.ts";
export { pruneLogins } from "./pruning.ts";
export { relations } from "./relations.ts";
export { accountRoutes } from "./routes_account.ts";
export { authRoutes } from "./routes_auth.ts";
export { listTeam, readTeamMember, type TeamMember } from "./members.ts";
export { memberSessionRoutes } from "./routes_member_sessions.ts";
export { addressRoutes, ownAddressRoutes } from "./routes_address.ts";
export { resetRoutes } from "./routes_reset.ts";
export { accountHandlers } from "./reset_job.ts";
export { acceptRoutes, invitationRoutes } from "./routes_invitations.ts";
export { Access as AccessSchema, Workspace as WorkspaceSchema } from "./routes_schema.ts";
export { workspaceRoutes } from "./routes_workspaces.ts";
export { confirmedOperations, operationsWithoutFactor } from "./second_factor/operations.ts";
export { confirmationRoutes } from "./second_factor/routes_confirm.ts";
export { secondFactorRoutes } from "./second_factor/routes_factor.ts";
export { secondFactorLoginRoutes } from "./second_factor/routes_login.ts";
export { accountRuleRoutes } from "./second_factor/routes_rules.ts";
export { resetSecondFactor } from "./second_factor/rules.ts";
export { resealTotps } from "./second_factor/totp.ts";
export { readUser, readUserByEmail, type User, userNames } from "./user_store.ts";
export { type Member, readWorkspaceIds, switchWorkspace } from "./workspace_store.ts";
export {
  changeAccess,
  changeRole,
  removeMember,
  createMember,
  createWorkspace,
  listSwitches,
  listWorkspaces,
  type NewMember,
  openWorkspace,
  type PageAsk,
  type Workspace,
  type WorkspaceSwitch,
} from "./workspaces.ts";
export { readCurrentAccess } from "./current_access.ts";
