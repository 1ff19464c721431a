import { enqueueJobs, JobDelayed, type JobHandler } from "#db";
import { log, Problem } from "#std";
import { checkAppSettings } from "./app_settings.ts";
import { mendPage } from "./check.ts";
import type { PageDeps } from "./deps.ts";
import { checkJob, daySeconds } from "./schedule.ts";

/** Compares the app's settings, fans out into one job per page, spread over an hour, and comes back a day later. */
export function dailyCheckHandler(on: PageDeps): JobHandler {
  return {
    async run() {
      try {
        await checkAppSettings(on);
      } catch (error) {
        // The checks of pages meet the same trouble, and show it.
        log.warn("Cannot compare the app's settings with Meta", { error });
      }
      const rows = await on.sql<{ id: string; workspace_id: string }[]>`
        select id, workspace_id from messaging.pages where status <> 'disconnected' order by id`;
      await enqueueJobs(
        on.sql,
        rows.map((row) => ({
          kind: checkJob,
          key: row.id,
          payload: { workspaceId: row.workspace_id },
          afterSeconds: Math.random() * Math.min(3_600, rows.length * 2),
        })),
      );
      throw new JobDelayed(daySeconds, "Checked; again tomorrow");
    },
  };
}

export function checkHandler(on: PageDeps): JobHandler {
  return {
    async run(payload, pageId) {
      const workspaceId = readWorkspaceId(payload);
      try {
        await mendPage(on, { workspaceId, pageId });
      } catch (error) {
        // Disconnected or deleted meanwhile: nothing to check.
        if (!(error instanceof Problem) || error.status >= 500) throw error;
        log.info("Skipped the check of a page", { pageId, code: error.code });
      }
    },
  };
}

function readWorkspaceId(payload: unknown): string {
  if (typeof payload === "object" && payload !== null && "workspaceId" in payload)
    return String(payload.workspaceId);
  throw new Error("Cannot check a page: the job does not name its workspace");
}
