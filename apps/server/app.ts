import { Elysia } from "elysia";
import { backupRoutes, healthRoutes, onboardingRoutes, systemRoutes } from "#admin";
import { authRoutes, workspaceRoutes } from "#auth";
import {
  audienceRoutes,
  campaignControlRoutes,
  campaignResultsRoutes,
  complianceRoutes,
  campaignsRoutes,
  consentRoutes,
  contactChangesRoutes,
  contactsRoutes,
  conversationsRoutes,
  labelsRoutes,
  libraryRoutes,
  liveRoutes,
  mediaRoutes,
  pageRepliesRoutes,
  pagesRoutes,
  segmentsRoutes,
  publicRoutes,
  templatesRoutes,
  sequencesRoutes,
  threadRoutes,
  utilityRoutes,
  transfersRoutes,
} from "#messaging";
import { Problem, problemPlugin, tracePlugin } from "#std";
import { countRawEvents, rawEventRoutes, webhookRoutes } from "#webhooks";
import { apiDocs } from "./api_docs.ts";
import { checkBodyLength } from "./body_limit.ts";
import type { DashboardFiles } from "./dashboard_files.ts";
import type { ReadySystem, System } from "./system.ts";

/**
 * All routes on one app. Does no I/O: tests call `handle` without a port. Without `dashboard` only the API answers.
 */
export function createApp(system: ReadySystem, dashboard: DashboardFiles | null = null) {
  const health = {
    ...system,
    webhookCounts: () => countRawEvents(system),
    canIngest: () => system.ingest.hasRoom(),
  };
  return (
    new Elysia({ name: "server", normalize: true })
      .use(tracePlugin())
      .use(problemPlugin())
      .onRequest(({ set, request }) => {
        checkBodyLength(request);
        set.headers["x-content-type-options"] = "nosniff";
        set.headers["x-frame-options"] = "DENY";
        set.headers["referrer-policy"] = "no-referrer";
        if (system.config.appUrl.startsWith("https:")) {
          set.headers["strict-transport-security"] = "max-age=31536000; includeSubDomains";
        }
      })
      .use(healthRoutes(health))
      .group("/api/v1", (api) =>
        api
          .use(healthRoutes(health))
          .use(webhookRoutes(system))
          .use(authRoutes(system))
          .use(workspaceRoutes(system))
          .use(pagesRoutes(system))
          .use(pageRepliesRoutes(system))
          .use(sequencesRoutes(system))
          .use(contactsRoutes(system))
          .use(contactChangesRoutes(system))
          .use(transfersRoutes(system))
          .use(labelsRoutes(system))
          .use(segmentsRoutes(system))
          .use(consentRoutes(system))
          .use(conversationsRoutes(system))
          .use(threadRoutes(system))
          .use(audienceRoutes(system))
          .use(campaignControlRoutes(system))
          .use(campaignResultsRoutes(system))
          .use(complianceRoutes(system))
          .use(campaignsRoutes(system))
          .use(mediaRoutes(system))
          .use(templatesRoutes(system))
          .use(libraryRoutes(system))
          .use(utilityRoutes(system))
          .use(liveRoutes(system))
          .use(onboardingRoutes(system))
          .use(rawEventRoutes(system))
          .use(systemRoutes(health))
          .use(backupRoutes(system)),
      )
      .use(publicRoutes(system))
      .use(apiDocs())
      // Last: whatever no route knows and looks like a screen.
      .get(
        "/*",
        function serveDashboard({ request }) {
          const file = dashboard?.(request);
          if (!file) throw new Problem("not-found", 404, "There is nothing at this address: see /api/docs");
          return file;
        },
        { detail: { hide: true } },
      )
  );
}

/** What a process without an API answers: whether it runs, and whether it reaches its database. */
export function createHealthApp(system: System) {
  return new Elysia({ name: "health", normalize: true })
    .use(tracePlugin())
    .use(problemPlugin())
    .use(healthRoutes(system));
}

export type App = ReturnType<typeof createApp>;
