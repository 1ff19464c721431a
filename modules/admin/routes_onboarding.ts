import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { guard } from "#auth";
import { named, Nullable, Uuid } from "#std";
import type { AdminDeps } from "./deps.ts";
import { readOnboarding } from "./onboarding.ts";

const OnboardingResponse = named("Onboarding", {
  steps: Type.Array(
    Type.Object({
      key: Type.Union([
        Type.Literal("simulator"),
        Type.Literal("connect_page"),
        Type.Literal("doctor"),
        Type.Literal("receive_message"),
        Type.Literal("reply"),
      ]),
      done: Type.Boolean(),
    }),
  ),
  simulatorUrl: Nullable(Type.String()),
});

/** The first steps of a workspace. */
export function onboardingRoutes(on: Pick<AdminDeps, "sql" | "clock" | "config">) {
  return new Elysia({ name: "admin.onboarding" }).use(guard(on)).get(
    "/workspaces/:workspaceId/onboarding",
    async function getOnboarding({ params }) {
      return await readOnboarding(on, params.workspaceId);
    },
    {
      can: "workspace:read",
      params: Type.Object({ workspaceId: Uuid }),
      response: OnboardingResponse,
      detail: {
        operationId: "readOnboarding",
        summary: "Get the first steps of a workspace",
        description:
          "Each is done after its event happened. The simulator's step appears only while the simulator plays Meta.",
        tags: ["workspaces"],
      },
    },
  );
}
