import { problem } from "./problems.ts";

const kb = 1024;
const mb = 1024 * kb;

/** The limit of an import file, which is streamed to disk. */
export const longestUploadBytes = 520 * mb;

/** Held in memory, except streamed bodies with their own limit. */
const limits: readonly { path: RegExp; most: number; isStreamed?: true }[] = [
  { path: /\/contacts\/import$/, most: longestUploadBytes, isStreamed: true },
  { path: /\/api\/v1\/webhooks\/facebook$/, most: 12 * mb, isStreamed: true },
  // A file of 25 MB and the form around it.
  { path: /\/(?:media|conversations\/[^/]+\/files)$/, most: 26 * mb },
  // Without a login: a name, a password, or a body with Meta's signature.
  { path: /^\/api\/v1\/(?:auth|facebook)\//, most: 64 * kb },
  // A million entries of nothing fit into 2 MB, and take the parser a tenth of a second and 60 MB.
  { path: /^/, most: mb },
];

/** Refuses bodies that would fill the memory: 413 beyond the route's limit, 411 without a length. */
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
