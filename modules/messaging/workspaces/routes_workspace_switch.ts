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
          summary: "Get workspace status",
          description:
            "Returns the last change with its author, and in `automation` the numbers of running campaigns, scheduled ones, overdue ones among these, and running sequences.",
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
          summary: "Disable a workspace",
          description:
            "Stops all sending: replies, campaigns, sequences and automated replies. Incoming messages are still stored. Idempotent.",
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
          summary: "Enable a workspace",
          description:
            "Sends queued messages that Meta's rules still allow, and starts overdue campaigns. Earlier messages and events trigger no sequence and no automated reply. Idempotent.",
          tags,
        },
      },
    );
}
