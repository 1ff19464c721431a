import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import {
  AccessSchema,
  type AuthDeps,
  guard,
  listTeam,
  reactivateUser,
  readTeamMember,
  setOwner,
  transferOwnership,
} from "#auth";
import { IsoTime, listOf, named, Nullable, oneOf, PageQuery, Uuid } from "#std";
import {
  changeMemberAccess,
  changeMemberRole,
  deactivateMember,
  deleteMember,
  removeFromWorkspace,
  type TeamDeps,
} from "./change_members.ts";

const MemberRole = oneOf(["manager", "operator", "viewer"]);

const TeamMember = named("TeamMember", {
  id: Uuid,
  name: Type.String(),
  email: Type.String(),
  isOwner: Type.Boolean(),
  isDeactivated: Type.Boolean(),
  hasSecondFactor: Type.Boolean({ description: "An authenticator app or a passkey" }),
  lastSeenAt: Nullable(IsoTime),
  createdAt: IsoTime,
  workspaces: Type.Array(
    Type.Object({
      id: Uuid,
      name: Type.String(),
      role: oneOf(["owner", "manager", "operator", "viewer"]),
      access: AccessSchema,
    }),
  ),
});
const MemberAnswer = Type.Object({ member: TeamMember });
const ById = Type.Object({ userId: Uuid });
const tags = ["team"];

/** `/team/members`: the people of the installation, for owners. */
export function teamRoutes(on: TeamDeps & AuthDeps) {
  const answer = async (userId: string) => ({ member: await readTeamMember(on, userId) });
  return new Elysia({ name: "admin.team", prefix: "/team/members" })
    .use(guard(on))
    .get(
      "",
      function list({ query }) {
        return listTeam(on, query);
      },
      {
        can: "team:manage",
        query: PageQuery,
        response: listOf(TeamMember),
        detail: {
          operationId: "listTeam",
          summary: "List the people of the installation",
          description: "With their workspaces, also deactivated people. Oldest first.",
          tags,
        },
      },
    )
    .put(
      "/:userId/role",
      async function putRole({ params: { userId }, body: { workspaceId, role } }) {
        if (role === null) await removeFromWorkspace(on, { userId, workspaceId });
        else await changeMemberRole(on, { userId, workspaceId, role });
        return await answer(userId);
      },
      {
        can: "team:manage",
        params: ById,
        body: Type.Object({
          workspaceId: Uuid,
          role: Type.Union([MemberRole, Type.Null()], {
            description: "Null removes the person from the workspace",
          }),
        }),
        response: MemberAnswer,
        detail: {
          operationId: "setMemberRole",
          summary: "Set a member's role in a workspace",
          description:
            "A changed role ends the person's sessions at once. Conversations of somebody who may no longer reply become unassigned. 409 `member-is-owner`.",
          tags,
        },
      },
    )
    .put(
      "/:userId/access",
      async function putAccess({ params: { userId }, body }) {
        await changeMemberAccess(on, { userId, ...body });
        return await answer(userId);
      },
      {
        can: "team:manage",
        params: ById,
        body: Type.Object({ workspaceId: Uuid, access: AccessSchema }),
        response: MemberAnswer,
        detail: {
          operationId: "setMemberAccess",
          summary: "Set what a member sees of a workspace",
          description:
            "All pages, chosen pages, or only conversations assigned to them; applies at once, also to open screens. Conversations of pages that they no longer see become unassigned. Actions that concern the whole workspace, such as campaigns, need all pages. 409 `member-is-owner`, 422 `member-pages-unknown`.",
          tags,
        },
      },
    )
    .put(
      "/:userId/ownership",
      async function putOwnership({ params: { userId }, body: { isOwner } }) {
        await setOwner(on, { userId, isOwner });
        return await answer(userId);
      },
      {
        can: "team:manage",
        params: ById,
        body: Type.Object({ isOwner: Type.Boolean() }),
        response: MemberAnswer,
        detail: {
          operationId: "setOwnership",
          summary: "Make a member an owner, or take it away",
          description:
            "A former owner stays in all workspaces as a manager. 409 `last-owner`: one active owner remains.",
          tags,
        },
      },
    )
    .post(
      "/:userId/transfer-ownership",
      async function transfer({ principal, params: { userId } }) {
        await transferOwnership(on, { from: principal.userId, to: userId });
        return await answer(userId);
      },
      {
        can: "team:manage",
        params: ById,
        response: MemberAnswer,
        detail: {
          operationId: "transferOwnership",
          summary: "Make a member an owner in your place",
          description: "You stay in all workspaces as a manager. Both have to log in again.",
          tags,
        },
      },
    )
    .post(
      "/:userId/deactivate",
      async function deactivate({ params: { userId } }) {
        await deactivateMember(on, userId);
        return await answer(userId);
      },
      {
        can: "team:manage",
        params: ById,
        response: MemberAnswer,
        detail: {
          operationId: "deactivateMember",
          summary: "Deactivate an account",
          description: "Ends its sessions at once and unassigns its conversations. Roles and history stay.",
          tags,
        },
      },
    )
    .post(
      "/:userId/reactivate",
      async function reactivate({ params: { userId } }) {
        await reactivateUser(on, userId);
        return await answer(userId);
      },
      {
        can: "team:manage",
        params: ById,
        response: MemberAnswer,
        detail: { operationId: "reactivateMember", summary: "Reactivate an account", tags },
      },
    )
    .delete(
      "/:userId",
      async function remove({ params: { userId } }) {
        await deleteMember(on, userId);
        return { ok: true };
      },
      {
        can: "team:manage",
        params: ById,
        response: Type.Object({ ok: Type.Boolean() }),
        detail: {
          operationId: "deleteMember",
          summary: "Delete an account",
          description:
            "Erases address, password and roles. The name stays with messages, notes and campaigns.",
          tags,
        },
      },
    );
}
