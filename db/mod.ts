/** Postgres: connections, schema, jobs. */
export { type Database, openDatabase, type OpenOptions } from "./client.ts";
export { type Handle, orm } from "./orm.ts";
export { dumpDatabase, type DumpedFile, type DumpOptions } from "./dump.ts";
export { checkDump, type DumpEnd } from "./dump_frames.ts";
export { type EmbeddedOptions, type EmbeddedPostgres, freePort, startEmbeddedPostgres } from "./embedded.ts";
export { type JobRow, type JobSummary, listJobs, readJob, retryJob, summarizeJobs } from "./job_list.ts";
export {
  deleteJobsOf,
  enqueueJobs,
  JobDelayed,
  jobRows,
  type JobHandler,
  type JobRunner,
  type JobRunnerOptions,
  type NewJob,
  startJobs,
} from "./jobs.ts";
export { finishMigrating, migrate, type MigrateOptions } from "./migrate.ts";
export { deleteInChunks } from "./prune.ts";
export { type Restored, restoreDatabase, type RestoredFile } from "./restore.ts";
export { narrowRead, wideRead } from "./wide_read.ts";
export {
  type TimeKey,
  decodeTimeKey,
  isoTime,
  limitOf,
  micros,
  microsOf,
  newerThan,
  olderThan,
} from "./time_key.ts";
export { plainArray, seconds, textArray } from "./arrays.ts";
