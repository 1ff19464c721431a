import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { guard, WorkspaceSchema } from "#auth";
import { IsoTime, Nullable, Uuid, InWorkspace } from "#std";
import type { MessagingDeps } from "../deps.ts";
import { disableWorkspace, enableWorkspace, readSwitch } from "./workspace_switch.ts";

const tags = ["workspaces"];
const WorkspaceAnswer = Type.Object({ workspace: WorkspaceSchema });
const Count = Type.Integer({ minimum: 0 });
const SwitchAnswer = Type.Object({
  /** The last twenty times, newest first. */
  history: Type.Array(
    Type.Object({
      isOn: Type.Boolean(),
      by: Nullable(Type.Object({ id: Uuid, name: Type.String() })),
      at: IsoTime,
    }),
  ),
  automation: Type.Object({ running: Count, scheduled: Count, due: Count, sequences: Count }),
});

type RouteDeps = Pick<MessagingDeps, "sql" | "clock" | "live" | "config" | "wakeDelivery">;

/** Switching a whole workspace off and on. */
export function workspaceSwitchRoutes(on: RouteDeps) {
  return new Elysia({ name: "messaging.workspace-switch", prefix: "/workspaces/:workspaceId" })
    .use(guard(on))
    .get(
      "/switch",
      async function getSwitch({ params }) {
        return await readSwitch(on, params.workspaceId);
      },
      {
        can: "workspace:read",
        params: InWorkspace,
        response: SwitchAnswer,
        detail: {
          operationId: "readWorkspaceSwitch",
          summary: "Who switched a workspace off or on, and what hangs on it",
          description:
            "`automation` counts campaigns under way, campaigns that wait for their time, of these those whose time has come, and running sequences.",
          tags,
        },
      },
    )
    .post(
      "/disable",
      async function postDisable({ params: { workspaceId }, principal: { userId } }) {
        return { workspace: await disableWorkspace(on, { workspaceId, userId }) };
      },
      {
        can: "workspace:switch",
        params: InWorkspace,
        response: WorkspaceAnswer,
        detail: {
          operationId: "disableWorkspace",
          summary: "Switch a workspace off",
          description:
            "Nothing is sent any more: no replies, no campaigns, no sequences, no automatic answers. What people write is stored as ever. Doing it twice is fine.",
          tags,
        },
      },
    )
    .post(
      "/enable",
      async function postEnable({ params: { workspaceId }, principal: { userId } }) {
        return { workspace: await enableWorkspace(on, { workspaceId, userId }) };
      },
      {
        can: "workspace:switch",
        params: InWorkspace,
        response: WorkspaceAnswer,
        detail: {
          operationId: "enableWorkspace",
          summary: "Switch a workspace on again",
          description:
            "What waits goes out, as far as Meta's rules still allow it; campaigns whose time has come begin. What people did meanwhile begins no sequence and is not answered by itself. Doing it twice is fine.",
          tags,
        },
      },
    );
}
