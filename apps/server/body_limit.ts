import { Problem } from "#std";

/** What any request may bring, which is held in memory. */
const mostBytes = 30 * 1024 * 1024;

/** What the file of an import may bring at most; it goes to the disk piece by piece. */
export const longestUploadBytes = 520 * 1024 * 1024;

/** What reads its body piece by piece, with a limit of its own: the file of an import, and what Meta sends. */
const isRead = (url: string) => /\/(contacts\/import|webhooks\/facebook)(\?|$)/.test(url);

/** Refuses what would fill the memory: 413 for a body beyond the limit, 411 for one that does not say its length. */
export function checkBodyLength({ headers, url }: Request): void {
  if (isRead(url)) return;
  const length = Number(headers.get("content-length") ?? 0);
  if (length > mostBytes)
    throw new Problem(
      "body-too-large",
      413,
      "Cannot accept more than 30 MB in one request: send less at once",
    );
  if (headers.has("transfer-encoding"))
    throw new Problem("length-required", 411, "Cannot accept a body without its length: send Content-Length");
}
