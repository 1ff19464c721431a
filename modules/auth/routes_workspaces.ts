import { Elysia, t } from "elysia";
import { listOf, PageQuery, Uuid } from "#std";
import type { AuthDeps } from "./deps.ts";
import { guard } from "./guard.ts";
import { Accent, Member, Name, Workspace } from "./routes_schema.ts";
import { createWorkspace, editWorkspace, listMembers, listWorkspaces, openWorkspace } from "./workspaces.ts";

const ById = t.Object({ workspaceId: Uuid });
const WorkspaceAnswer = t.Object({ workspace: Workspace });
const tags = ["workspaces"];

export interface WorkspaceRoutesDeps extends AuthDeps {
  config: AuthDeps["config"] & {
    /** How many workspaces this installation may have. */
    workspaceLimit: number;
  };
}

/** `/workspaces`: the caller's workspaces and their members. */
export function workspaceRoutes(on: WorkspaceRoutesDeps) {
  return new Elysia({ prefix: "/workspaces" })
    .use(guard(on))
    .get(
      "",
      function list({ principal, query }) {
        return listWorkspaces(on, principal.userId, query);
      },
      {
        signedIn: true,
        query: PageQuery,
        response: listOf(Workspace),
        detail: { operationId: "listWorkspaces", summary: "List your workspaces", tags },
      },
    )
    .post(
      "",
      async function create({ principal, body, set }) {
        const workspace = await createWorkspace(on, {
          ...body,
          ownerId: principal.userId,
          most: on.config.workspaceLimit,
        });
        set.status = 201;
        return { workspace };
      },
      {
        can: "workspaces:create",
        body: t.Object({ name: Name, accent: t.Optional(Accent) }),
        response: { 201: WorkspaceAnswer },
        detail: {
          operationId: "createWorkspace",
          summary: "Create a workspace",
          description: "409 `workspace-limit` when the installation has WORKSPACE_LIMIT workspaces.",
          tags,
        },
      },
    )
    .get(
      "/:workspaceId",
      async function read({ principal: { userId }, params: { workspaceId } }) {
        return { workspace: await openWorkspace(on, { workspaceId, userId }) };
      },
      {
        can: "workspace:read",
        params: ById,
        response: WorkspaceAnswer,
        detail: { operationId: "readWorkspace", summary: "Get a workspace", tags },
      },
    )
    .patch(
      "/:workspaceId",
      async function edit({ principal: { userId }, params: { workspaceId }, body }) {
        return { workspace: await editWorkspace(on, { workspaceId, userId }, body) };
      },
      {
        can: "workspace:edit",
        params: ById,
        body: t.Object({ name: t.Optional(Name), accent: t.Optional(Accent) }),
        response: WorkspaceAnswer,
        detail: { operationId: "editWorkspace", summary: "Change a workspace's name or colour", tags },
      },
    )
    .get(
      "/:workspaceId/members",
      function members({ params, query }) {
        return listMembers(on, params.workspaceId, query);
      },
      {
        can: "workspace:read",
        params: ById,
        query: PageQuery,
        response: listOf(Member),
        detail: { operationId: "listMembers", summary: "List the members of a workspace", tags },
      },
    );
}
