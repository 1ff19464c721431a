import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { guard } from "#auth";
import { named, Nullable, Uuid } from "#std";
import type { AdminDeps } from "./deps.ts";
import { readOnboarding } from "./onboarding.ts";
import { writeTestMessage } from "./test_message.ts";

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
  return new Elysia({ name: "admin.onboarding" })
    .use(guard(on))
    .get(
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
    )
    .post(
      "/workspaces/:workspaceId/onboarding/test-message",
      async function writeFirstMessage({ params, body, set }) {
        await writeTestMessage(on, { workspaceId: params.workspaceId, text: body.text });
        set.status = 202;
        return { accepted: true as const };
      },
      {
        can: "pages:manage",
        params: Type.Object({ workspaceId: Uuid }),
        body: Type.Object({
          text: Type.String({ minLength: 1, maxLength: 2000, description: "At most 2,000 characters" }),
        }),
        response: { 202: named("TestMessageAccepted", { accepted: Type.Literal(true) }) },
        detail: {
          operationId: "writeTestMessage",
          summary: "Write a test message to the first page",
          description:
            "One of the simulator's people writes it. It arrives by the webhook within a moment. Refused with 409 where Meta itself is connected.",
          tags: ["workspaces"],
        },
      },
    );
}
