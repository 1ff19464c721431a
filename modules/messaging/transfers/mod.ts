/** Work on many contacts: imports, exports and bulk actions, and taking them back. */
export { bulkHandler, bulkJob } from "./bulk.ts";
export { bulkUndoHandler } from "./bulk_undo.ts";
export { exportHandler, exportJob } from "./export_job.ts";
export { importHandler } from "./import_job.ts";
export { bulkUndoJob, importJob, importUndoJob, segmentOfFileJob } from "./import_options.ts";
export { importUndoHandler } from "./import_undo.ts";
export { transfersRoutes } from "./routes_transfers.ts";
export { segmentOfFileHandler } from "./segment_of_file.ts";
export {
  scheduleTransferRetention,
  transferRetentionHandler,
  transferRetentionJob,
} from "./transfer_retention.ts";
