import { GraphError, invalidParameter } from "./graph_error.ts";
import type { UploadedFile } from "./graph_request.ts";
import { hmacHex, numericId } from "./ids.ts";
import { asText, type JsonRecord } from "./json.ts";
import type { Sim } from "./sim.ts";
import type { Attachment, Page } from "./state.ts";
import { checkUrl } from "./parameter_rules.ts";

const fileLimit = 25 * 1024 * 1024;
const imageByUrlLimit = 8 * 1024 * 1024;
/** Saved attachments die after 90 days. */
const lifeMs = 90 * 24 * 3_600_000;

/** Stores a file on the CDN. `pageId` is null for a file of a person. */
export function storeFile(sim: Sim, pageId: string | null, type: string, file: UploadedFile): Attachment {
  sim.state.serial += 1;
  const attachment: Attachment = {
    id: numericId("18", sim.state.serial, 16),
    pageId,
    type,
    name: file.name === "" ? `${type}.bin` : file.name,
    mime: file.mime,
    at: Date.now(),
    bytes: file.bytes,
  };
  sim.state.attachments.set(attachment.id, attachment);
  sim.touch();
  return attachment;
}

/** A signed CDN address that dies at its `oe` time (hex, seconds), as Meta's do. */
export function cdnUrl(sim: Sim, attachment: Attachment): string {
  return signedUrl(sim, `/_cdn/${attachment.id}/${encodeURIComponent(attachment.name)}`);
}

/** Signs any path of the simulated CDN. */
export function signedUrl(sim: Sim, path: string): string {
  const expiry = Math.floor(Date.now() / 1000 + sim.switches.cdnSeconds).toString(16);
  return `${sim.origin()}${path}?oe=${expiry}&oh=${signPath(sim, path, expiry)}`;
}

/** Whether a CDN address is rightly signed and still alive. */
export function checkSignedUrl(sim: Sim, url: URL): "ok" | "expired" | "bad" {
  const expiry = url.searchParams.get("oe") ?? "";
  if (url.searchParams.get("oh") !== signPath(sim, url.pathname, expiry)) return "bad";
  return parseInt(expiry, 16) * 1000 < Date.now() ? "expired" : "ok";
}

function signPath(sim: Sim, path: string, expiry: string): string {
  return hmacHex(sim.state.app.secret, `${decodeURIComponent(path)} ${expiry}`).slice(0, 16);
}

/** Finds or makes the file that a media payload means: uploaded, saved before, or fetched by URL. */
export async function resolveMedia(
  sim: Sim,
  page: Page,
  media: { type: string; payload: JsonRecord },
  file: UploadedFile | undefined,
): Promise<Attachment> {
  const { type, payload } = media;
  if (payload.attachment_id !== undefined)
    return findSaved(sim, page, type, asText(payload.attachment_id) ?? "");
  if (payload.url !== undefined) {
    const url = checkUrl(payload.url, "message[attachment][payload][url]");
    return storeFile(sim, page.id, type, await fetchMedia(sim, type, url));
  }
  if (file === undefined) {
    throw invalidParameter("Message cannot be empty, must provide valid attachment or text", 2018034);
  }
  checkSize(file.bytes.length, fileLimit);
  checkMime(type, file.mime);
  return storeFile(sim, page.id, type, file);
}

function findSaved(sim: Sim, page: Page, type: string, id: string): Attachment {
  const saved = sim.state.attachments.get(id);
  if (saved === undefined || saved.pageId !== page.id || saved.at + lifeMs < Date.now()) {
    throw invalidParameter("Invalid Attachment ID, you are not the owner of this attachment", 2018074);
  }
  if (saved.type !== type)
    throw invalidParameter("Attachment type does not match the saved attachment", 2018047);
  return saved;
}

function checkSize(size: number, limit: number): void {
  if (size > limit) throw invalidParameter("Attachment size exceeds allowable limit", 2018109);
}

function checkMime(type: string, mime: string): void {
  if (type === "file" || mime === "application/octet-stream" || mime.startsWith(`${type}/`)) return;
  throw invalidParameter(`Upload attachment failure: the file is ${mime} and not ${type}`, 2018047);
}

/** Fetches as Meta's crawler does: 75 s for a video, 10 s for everything else. */
async function fetchMedia(sim: Sim, type: string, url: string): Promise<UploadedFile> {
  const name = decodeURIComponent(new URL(url).pathname.split("/").pop() ?? "") || type;
  if (!sim.switches.fetchMedia) {
    return {
      name,
      mime: type === "file" ? "application/octet-stream" : `${type}/*`,
      bytes: new Uint8Array(),
    };
  }
  let answer: Response;
  let bytes: Uint8Array;
  try {
    answer = await fetch(url, {
      headers: { "User-Agent": "facebookexternalhit/1.1" },
      signal: AbortSignal.timeout(type === "video" ? 75_000 : 10_000),
    });
    bytes = new Uint8Array(await answer.arrayBuffer());
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === "TimeoutError";
    if (isTimeout && type === "video") throw invalidParameter("Video upload timed out", 2018294);
    throw invalidParameter("Failed to fetch the file from the url", 2018008);
  }
  if (!answer.ok) throw invalidParameter("Failed to fetch the file from the url", 2018008);
  if (type === "image" && bytes.length > imageByUrlLimit) {
    throw new GraphError(36000, "The image size is too large.");
  }
  checkSize(bytes.length, fileLimit);
  const mime = (answer.headers.get("content-type") ?? "application/octet-stream").split(";")[0] ?? "";
  checkMime(type, mime);
  return { name, mime, bytes };
}

/** The attachment as the echo and the person's webhook show it. */
export function webhookAttachment(sim: Sim, attachment: Attachment): JsonRecord {
  return { type: attachment.type, payload: { url: cdnUrl(sim, attachment) } };
}
