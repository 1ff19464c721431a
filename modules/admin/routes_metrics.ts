import { Elysia } from "elysia";
import { guard } from "#auth";
import { constantTimeEqual, noRoute, rawAnswer } from "#std";
import type { AdminDeps } from "./deps.ts";
import { readMetrics } from "./metrics.ts";

type MetricsDeps = AdminDeps & { config: { metricsToken: string | null } };

const loopback = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"]);

/** With the token from anywhere; without one only from this machine, and not through a proxy on it. */
function mayRead(metricsToken: string | null, request: Request, socketAddress: string | undefined): boolean {
  if (metricsToken !== null)
    return constantTimeEqual(request.headers.get("authorization") ?? "", `Bearer ${metricsToken}`);
  const isForwarded = ["x-forwarded-for", "forwarded", "x-real-ip"].some((name) => request.headers.has(name));
  return socketAddress !== undefined && loopback.has(socketAddress) && !isForwarded;
}

/** Metrics of this process and the installation. Returns 404 without permission. */
export function metricsRoutes(on: MetricsDeps) {
  return new Elysia({ name: "admin.metrics" }).use(guard(on)).get(
    "/metrics",
    async function getMetrics({ request, server }) {
      if (!mayRead(on.config.metricsToken, request, server?.requestIP(request)?.address)) throw noRoute();
      return new Response(await readMetrics(on), {
        headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8", "cache-control": "no-store" },
      });
    },
    {
      public: true,
      response: rawAnswer("text/plain", "In the format of Prometheus"),
      detail: { operationId: "readMetrics", summary: "Numbers for Prometheus", tags: ["system"] },
    },
  );
}
