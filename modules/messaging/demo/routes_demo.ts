import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { guard, WorkspaceSchema } from "#auth";
import { createDemo, type DemoDeps } from "./create_demo.ts";
import { removeDemo } from "./remove_demo.ts";

const tags = ["workspaces"];

/** `/demo`: making and removing the demo workspace. */
export function demoRoutes(on: DemoDeps) {
  return new Elysia({ name: "messaging.demo", prefix: "/demo" })
    .use(guard(on))
    .post(
      "",
      async function postDemo({ principal }) {
        return { workspace: await createDemo(on, principal.userId) };
      },
      {
        can: "workspaces:create",
        response: Type.Object({ workspace: WorkspaceSchema }),
        detail: {
          operationId: "createDemo",
          summary: "Create the demo workspace",
          description:
            "A separate workspace with an invented shop: 2,000 contacts, conversations, campaigns and a sequence. It is always disabled, so nothing reaches Meta. An installation has at most one; a second call returns it.",
          tags,
        },
      },
    )
    .delete(
      "",
      async function deleteDemo() {
        await removeDemo(on);
        return { deleted: true } as const;
      },
      {
        can: "workspaces:create",
        response: Type.Object({ deleted: Type.Literal(true) }),
        detail: {
          operationId: "removeDemo",
          summary: "Remove the demo workspace",
          description: "Deletes the workspace, its rows and files, and its invented members. Idempotent.",
          tags,
        },
      },
    );
}
