import { answer, type Answer, api, LIST_LIMIT } from "./client.ts";

export interface WebhookEventQuery {
  state?: "failed" | "unrouted" | "stored" | "kept";
  search?: string;
  cursor?: string;
}

const getDeletionPage = () => answer(api.system["deletion-page"].get());
export type DeletionPage = Answer<typeof getDeletionPage>["page"];

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
  deletionPage: getDeletionPage,
  setDeletionPage: (page: DeletionPage) => answer(api.system["deletion-page"].put(page)),
};

/** Where the encrypted file of a backup is; the browser brings its session along. */
export const backupFile = (name: string) => `/api/v1/system/backups/${name}/file`;
