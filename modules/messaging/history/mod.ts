/** Messages from before a page was connected. */
export { historyHandler } from "./history_job.ts";
export { beginHistory, historyJob, newHistoryJob } from "./history_store.ts";
