import { problem } from "./problems.ts";

const kb = 1024;
const mb = 1024 * kb;

/** What the file of an import may bring at most; it goes to the disk piece by piece. */
export const longestUploadBytes = 520 * mb;

/** Held in memory, but for what is read piece by piece with a limit of its own. */
const limits: readonly { path: RegExp; most: number; isStreamed?: true }[] = [
  { path: /\/contacts\/import$/, most: longestUploadBytes, isStreamed: true },
  { path: /\/api\/v1\/webhooks\/facebook$/, most: 12 * mb, isStreamed: true },
  // A file of 25 MB, and what a form needs around it.
  { path: /\/(?:media|conversations\/[^/]+\/files)$/, most: 26 * mb },
  // What strangers send is a name, a password, or a claim that Meta signed.
  { path: /^\/api\/v1\/(?:auth|facebook)\//, most: 64 * kb },
  // A million entries of nothing fit into 2 MB, and take the parser a tenth of a second and 60 MB.
  { path: /^/, most: mb },
];

/** Refuses what would fill the memory: 413 for a body beyond its route's limit, 411 for one that does not say its length. */
export function checkBodyLength({ headers, url }: Request): void {
  const length = Number(headers.get("content-length") ?? 0);
  const isChunked = headers.has("transfer-encoding");
  if (length === 0 && !isChunked) return;
  const { pathname } = new URL(url);
  const limit = limits.find(({ path }) => path.test(pathname));
  if (limit && length > limit.most)
    throw problem(
      "body-too-large",
      limit.most < mb ? { most: limit.most / kb, unit: "KB" } : { most: limit.most / mb, unit: "MB" },
    );
  if (isChunked && !limit?.isStreamed) throw problem("length-required");
}
