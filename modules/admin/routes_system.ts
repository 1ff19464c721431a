import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { guard } from "#auth";
import { IsoTime, listOf, named, Nullable, PageQuery, Uuid, Words } from "#std";
import { readSystemHealth } from "./checks.ts";
import type { AdminDeps } from "./deps.ts";
import { listJobsPage, retryFailedJob } from "./jobs.ts";

const PartHealth = named("PartHealth", {
  state: Type.Union([Type.Literal("ok"), Type.Literal("failed")]),
  latencyMs: Type.Number(),
  text: Type.String(),
});

const HealthResponse = named("SystemHealth", {
  database: PartHealth,
  redis: Nullable(PartHealth),
  jobs: Type.Object({ pending: Type.Integer(), failed: Type.Integer(), oldestDueSeconds: Type.Number() }),
  webhooks: Type.Object({
    failed: Type.Integer(),
    unrouted: Type.Integer(),
    lastReceivedAt: Nullable(IsoTime),
  }),
  lanes: Type.Array(
    Type.Object({
      pageId: Uuid,
      class: Type.String(),
      waiting: Type.Integer(),
      unknown: Type.Integer(),
      oldestSeconds: Type.Number(),
      heldReason: Nullable(Type.String()),
      heldReasonWords: Type.Optional(Nullable(Words)),
      nextEligibleAt: Nullable(Type.String()),
    }),
  ),
  processes: Type.Array(
    Type.Object({
      role: Type.String(),
      id: Type.String(),
      connections: Type.Integer(),
      busy: Type.Integer(),
      since: IsoTime,
    }),
  ),
  disk: Nullable(Type.Object({ freeBytes: Type.Number(), totalBytes: Type.Number() })),
  backup: Type.Object({
    isOn: Type.Boolean(),
    isRunning: Type.Boolean(),
    nextAt: Nullable(IsoTime),
    problem: Nullable(Type.String()),
  }),
  meta: Type.Object({
    clockOffsetSeconds: Nullable(
      Type.Integer({
        description:
          "Seconds by which Meta's clock is ahead of the server's. Above 300, Meta refuses calls. Null: unknown",
      }),
    ),
    hold: Nullable(
      Type.Object(
        { reason: Type.String(), reasonWords: Type.Optional(Nullable(Words)), until: IsoTime },
        { description: "The restriction that stops all pages from sending" },
      ),
    ),
  }),
  version: Type.String(),
});

const State = Type.Union([Type.Literal("failed"), Type.Literal("pending")]);
const JobList = listOf(
  Type.Object({
    id: Type.String(),
    kind: Type.String(),
    key: Type.String(),
    state: State,
    attempts: Type.Integer(),
    error: Nullable(Type.String()),
    errorWords: Type.Optional(Nullable(Words)),
    runAt: IsoTime,
    failedAt: Nullable(IsoTime),
    createdAt: IsoTime,
  }),
);

const tags = ["system"];

/** The owner's view of the installation: health, and jobs that need a look. */
export function systemRoutes(on: AdminDeps) {
  return new Elysia({ name: "admin.system", prefix: "/system" })
    .use(guard(on))
    .get(
      "/health",
      async function getSystemHealth() {
        return await readSystemHealth(on);
      },
      {
        can: "system:read",
        response: HealthResponse,
        detail: { operationId: "readSystemHealth", summary: "Get the health of the installation", tags },
      },
    )
    .get(
      "/jobs",
      async function getJobs({ query }) {
        return await listJobsPage(on, { ...query, state: query.state ?? "failed" });
      },
      {
        can: "system:read",
        query: Type.Composite([PageQuery, Type.Object({ state: Type.Optional(State) })]),
        response: JobList,
        detail: {
          operationId: "listJobs",
          summary: "List jobs",
          description: "Failed jobs, or waiting ones with `state=pending`. Newest first.",
          tags,
        },
      },
    )
    .post(
      "/jobs/:jobId/retry",
      async function retry({ params }) {
        await retryFailedJob(on, params.jobId);
        return { ok: true };
      },
      {
        can: "system:manage",
        params: Type.Object({
          jobId: Type.Number({ multipleOf: 1, minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
        }),
        response: Type.Object({ ok: Type.Boolean() }),
        detail: { operationId: "retryJob", summary: "Retry a failed job", tags },
      },
    );
}
