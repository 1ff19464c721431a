/** Files: storing, fetching and serving them. */
export { attachmentHandler, attachmentJob, fileName } from "./attachment_job.ts";
export { type MediaDeps, mostPictureBytes } from "./deps.ts";
export {
  createFile,
  createFileAs,
  type NewFile,
  openFile,
  readFiles,
  removeFile,
  storeFile,
} from "./file_store.ts";
export { removalHandler, removalJob } from "./removal_job.ts";
export { mediaRoutes } from "./routes.ts";
export { safeFetch, UnsafeFetch } from "./safe_fetch.ts";
export { encodeName, serveFile } from "./serve.ts";
export { sniffType } from "./sniff.ts";
