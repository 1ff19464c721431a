import { notFound, sha256Hex } from "#std";
import type { MediaDeps } from "./deps.ts";
import { openFile } from "./file_store.ts";
import { sniffType } from "./sniff.ts";

export interface Served {
  key: string;
  fileName: string;
  /** The request, whose headers may ask for a range, or name the browser's version. */
  request: Request;
}

/** The file of an attachment. Throws 404 also while it is not stored. */
export async function serveAttachment(
  on: MediaDeps,
  given: { workspaceId: string; attachmentId: string; request: Request },
): Promise<Response> {
  const [row] = await on.sql<{ file_key: string; file_name: string | null }[]>`
    select file_key, file_name from messaging.attachments
    where workspace_id = ${given.workspaceId} and id = ${given.attachmentId} and file_state = 'stored'`;
  if (!row) throw notFound("file");
  return await serveFile(on, {
    key: row.file_key,
    fileName: row.file_name ?? "file",
    request: given.request,
  });
}

/** Our copy of a person's picture. Throws 404 when there is none. */
export async function servePicture(
  on: MediaDeps,
  { workspaceId, contactId, request }: { workspaceId: string; contactId: string; request: Request },
): Promise<Response> {
  const [row] = await on.sql<{ picture_key: string | null }[]>`
    select picture_key from messaging.contacts where workspace_id = ${workspaceId} and id = ${contactId}`;
  if (!row || row.picture_key === null) throw notFound("picture");
  return await serveFile(on, { key: row.picture_key, fileName: "picture", request });
}

/**
 * A file of a key, whose content never changes. A browser caches it, and asks each time whether it may still show it:
 * after a log-out or a deletion it does not.
 *
 * The type is read from the bytes again; a file that could run scripts is only downloaded, and sandboxed as well.
 */
export async function serveFile(
  on: Pick<MediaDeps, "config">,
  { key, fileName, request }: Served,
): Promise<Response> {
  const file = openFile(on.config.dataDir, key);
  if (!(await file.exists())) throw notFound("file");
  const etag = `"${sha256Hex(key).slice(0, 32)}"`;
  const kept = { etag, "cache-control": "private, no-cache" };
  if (request.headers.get("if-none-match") === etag)
    return new Response(null, { status: 304, headers: kept });
  const { mimeType, isInline } = sniffType(new Uint8Array(await file.slice(0, 32).arrayBuffer()));
  const headers: Record<string, string> = {
    "content-type": mimeType,
    "content-disposition": `${isInline ? "inline" : "attachment"}; filename*=UTF-8''${encodeName(fileName)}`,
    "content-security-policy": "sandbox; default-src 'none'",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
    ...kept,
    "accept-ranges": "bytes",
  };
  const part = readRange(request.headers.get("range"), file.size);
  if (!part) return new Response(file, { headers: { ...headers, "content-length": String(file.size) } });
  // Players of voice messages and videos ask for parts.
  return new Response(file.slice(part.from, part.to + 1), {
    status: 206,
    headers: {
      ...headers,
      "content-range": `bytes ${part.from}-${part.to}/${file.size}`,
      "content-length": String(part.to - part.from + 1),
    },
  });
}

/** One range of bytes; anything else is answered with the whole file, as HTTP allows. */
export function readRange(header: string | null, size: number): { from: number; to: number } | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (!match || size === 0) return null;
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return null;
  const from = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  return from <= to && from < size ? { from, to } : null;
}

/** A file name as RFC 8187 has it in `filename*`. */
export function encodeName(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
}
