import { Elysia } from "elysia";
import {
  activityRoutes,
  backupRoutes,
  healthRoutes,
  mailRoutes,
  metricsRoutes,
  onboardingRoutes,
  systemRoutes,
  teamRoutes,
} from "#admin";
import {
  acceptRoutes,
  accountRoutes,
  accountRuleRoutes,
  addressRoutes,
  authRoutes,
  clientAddress,
  confirmationRoutes,
  invitationRoutes,
  memberSessionRoutes,
  ownAddressRoutes,
  resetRoutes,
  secondFactorLoginRoutes,
  secondFactorRoutes,
  workspaceRoutes,
} from "#auth";
import { messagingRoutes, openPages } from "#messaging";
import { noRoute, problemPlugin, textPlugin, tracePlugin } from "#std";
import { countRawEvents, rawEventRoutes, webhookRoutes } from "#webhooks";
import { apiDocs } from "./api_docs.ts";
import { checkBodyLength } from "./body_limit.ts";
import { answerPreflight, crossOriginHeaders } from "./cross_origin.ts";
import type { DashboardFiles } from "./dashboard_files.ts";
import { edgeHeaders } from "./edge_headers.ts";
import { requireHost } from "./host_check.ts";
import { createRequestRates } from "./request_rates.ts";
import type { ReadySystem, System } from "./system.ts";
import { limitTime } from "./time_limit.ts";

/**
 * All routes in one app. Does no I/O: tests call `handle` without a port. Without `dashboard` only the API responds.
 */
export function createApp(system: ReadySystem, dashboard: DashboardFiles | null = null) {
  const health = {
    ...system,
    webhookCounts: () => countRawEvents(system),
    canIngest: () => system.ingest.hasRoom(),
  };
  const { config } = system;
  const headersFor = edgeHeaders(config.appUrl);
  const countRequest = createRequestRates(system, config.requestsPerMinute);
  return (
    new Elysia({ name: "server", normalize: true })
      .wrap(limitTime())
      .wrap(requireHost())
      .use(tracePlugin())
      .use(problemPlugin())
      .use(textPlugin())
      .onRequest(async ({ set, request, server }) => {
        const { pathname } = new URL(request.url);
        const foreign = crossOriginHeaders(config.corsOrigins, request);
        Object.assign(set.headers, headersFor(pathname), foreign);
        const preflight = answerPreflight(foreign, request);
        if (preflight) return preflight;
        checkBodyLength(request);
        const socketAddress = server?.requestIP(request)?.address;
        // Without a socket there is no client address.
        if (socketAddress !== undefined)
          await countRequest(request, pathname, clientAddress(request, { ...config, socketAddress }));
      })
      .use(healthRoutes(health))
      .use(metricsRoutes(health))
      .group("/api/v1", (api) =>
        api
          .use(healthRoutes(health))
          .use(webhookRoutes(system))
          .use(authRoutes(system))
          .use(secondFactorLoginRoutes(system))
          .use(accountRoutes(system))
          .use(ownAddressRoutes(system))
          .use(addressRoutes(system))
          .use(resetRoutes(system))
          .use(secondFactorRoutes(system))
          .use(confirmationRoutes(system))
          .use(accountRuleRoutes(system))
          .use(acceptRoutes(system))
          .use(invitationRoutes(system))
          .use(teamRoutes(system))
          .use(memberSessionRoutes(system))
          .use(workspaceRoutes(system))
          .use(messagingRoutes(system))
          .use(onboardingRoutes(system))
          .use(rawEventRoutes(system))
          .use(systemRoutes(health))
          .use(mailRoutes(system))
          .use(backupRoutes(system))
          .use(activityRoutes(health)),
      )
      .use(openPages(system))
      .use(apiDocs())
      // Last: paths without a route that look like a screen.
      .get(
        "/*",
        function serveDashboard({ request }) {
          const file = dashboard?.(request);
          if (!file) throw noRoute();
          return file;
        },
        { detail: { hide: true } },
      )
  );
}

/** The routes of a process without API: health, readiness and metrics. */
export function createHealthApp(system: System & Pick<ReadySystem, "stopping">) {
  return new Elysia({ name: "health", normalize: true })
    .wrap(requireHost())
    .use(tracePlugin())
    .use(problemPlugin())
    .use(healthRoutes(system))
    .use(metricsRoutes({ ...system, webhookCounts: () => countRawEvents(system) }));
}

export type App = ReturnType<typeof createApp>;
export type { LiveEvent } from "#messaging";
