import {
  type AuthDeps,
  changeAccess,
  changeRole,
  deactivateUser,
  deleteUser,
  type GivenAccess,
  readTeamMember,
  removeMember,
  type Role,
  rolesWith,
} from "#auth";
import { type LiveEvent, releaseConversations, workspaceChannel } from "#messaging";
import type { LiveBus } from "#std";

/** The dependencies of changes to the team. */
export type TeamDeps = Pick<AuthDeps, "sql"> & { live: LiveBus<LiveEvent> };

export interface RoleAt {
  userId: string;
  workspaceId: string;
  role: Exclude<Role, "owner">;
}

const canReply = (role: Role) => rolesWith("conversations:reply").includes(role);

/** Gives a member a role in a workspace. Conversations of somebody who may no longer reply become unassigned. */
export async function changeMemberRole(on: TeamDeps, change: RoleAt): Promise<void> {
  await changeRole(on, change);
  if (!canReply(change.role)) await releaseConversations(on, change);
}

/**
 * Sets what a member sees of a workspace. Conversations of pages that they no longer see become unassigned, and their
 * open screens are told.
 */
export async function changeMemberAccess(
  on: TeamDeps,
  change: Omit<RoleAt, "role"> & { access: GivenAccess },
): Promise<void> {
  const { userId, workspaceId } = change;
  await changeAccess(on, change);
  await releaseConversations(on, { userId, workspaceId, isUnseen: true });
  await on.live.publish(workspaceChannel(workspaceId), [{ name: "access", data: { userId } }]);
}

/**
 * Removes a member from a workspace. First they become a viewer, to whom nobody and no rule assigns anything, so that
 * no conversation names them when they go.
 */
export async function removeFromWorkspace(
  on: TeamDeps,
  { userId, workspaceId }: Omit<RoleAt, "role">,
): Promise<void> {
  const { workspaces } = await readTeamMember(on, userId);
  if (workspaces.some(({ id }) => id === workspaceId))
    await changeMemberRole(on, { userId, workspaceId, role: "viewer" });
  await removeMember(on, { userId, workspaceId });
}

/** Closes an account and unassigns its conversations. Returns their number. */
export async function deactivateMember(on: TeamDeps, userId: string): Promise<number> {
  await deactivateUser(on, userId);
  return await releaseConversations(on, { userId });
}

/** Deletes an account, after deactivating it. Its name stays with what it wrote. */
export async function deleteMember(on: TeamDeps, userId: string): Promise<void> {
  const { isDeactivated } = await readTeamMember(on, userId);
  if (!isDeactivated) await deactivateUser(on, userId);
  await releaseConversations(on, { userId });
  await deleteUser(on, userId);
}
