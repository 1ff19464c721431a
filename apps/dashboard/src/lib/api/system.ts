import { answer, api, LIST_LIMIT } from "./client.ts";

export interface WebhookEventQuery {
  state?: "failed" | "unrouted" | "stored" | "kept";
  search?: string;
  cursor?: string;
}

export const system = {
  health: () => answer(api.system.health.get()),
  failedJobs: (page: { cursor?: string }) =>
    answer(api.system.jobs.get({ query: { state: "failed", ...page } })),
  retryJob: (jobId: string) => answer(api.system.jobs({ jobId }).retry.post()),
  webhookEvents: (query: WebhookEventQuery) =>
    answer(api.system["webhook-events"].get({ query: { limit: LIST_LIMIT, ...query } })),
  replay: (id: string) => answer(api.system["webhook-events"]({ id }).replay.post()),
  backups: (page: { cursor?: string }) => answer(api.system.backups.get({ query: page })),
  backupState: () => answer(api.system.backups.state.get()),
  makeBackup: () => answer(api.system.backups.post()),
};

/** Where the encrypted file of a backup is; the browser brings its session along. */
export const backupFile = (name: string) => `/api/v1/system/backups/${name}/file`;
