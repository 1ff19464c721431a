import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { guard } from "#auth";
import { Nullable } from "#std";
import { checkReady } from "./checks.ts";
import type { AdminDeps } from "./deps.ts";
import { problem } from "./problems.ts";

const Status = Type.Object({ status: Type.Literal("ok") });
const Alive = Type.Object({
  status: Type.Literal("ok"),
  version: Type.String(),
  commit: Nullable(Type.String({ description: "The commit of this build; null: unknown" })),
});

const codes = { process: "process-stopping", database: "not-ready", webhooks: "webhooks-full" } as const;

/** For load balancers: alive, and ready to serve. Mounted below /api/v1 and at the root. */
export function healthRoutes(on: Pick<AdminDeps, "sql" | "clock" | "config" | "canIngest" | "stopping">) {
  const { version, commit } = on.config;
  return new Elysia()
    .use(guard(on))
    .get("/health", () => ({ status: "ok" as const, version, commit }), {
      public: true,
      response: Alive,
      detail: { operationId: "readHealth", summary: "Check that the process runs", tags: ["system"] },
    })
    .get(
      "/health/ready",
      async function readReady() {
        const checked = await checkReady(on);
        if (!checked.ready) throw problem(codes[checked.part], {}, { retryAfterSeconds: 5 });
        return { status: "ok" as const };
      },
      {
        public: true,
        response: Status,
        detail: {
          operationId: "readReadiness",
          summary: "Check that the process can serve",
          description:
            "503 while the process stops, the database does not respond, or the webhook queue is full.",
          tags: ["system"],
        },
      },
    );
}
