import type { UploadedFile } from "./graph_request.ts";
import { isRecord, type JsonRecord, parseJson } from "./json.ts";

/** One call of the control API. */
export interface ControlRequest {
  method: string;
  /** The path's parts after `/_simulator`. */
  path: string[];
  query: URLSearchParams;
  body: JsonRecord;
  files: UploadedFile[];
}

/** A refusal of the control API, in words for the person who tests. */
export class ControlError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "ControlError";
    this.status = status;
  }
}

/** Reads a JSON or multipart call. */
export async function readControlRequest(request: Request, url: URL): Promise<ControlRequest> {
  const path = url.pathname
    .split("/")
    .filter((part) => part !== "")
    .slice(1)
    .map(decodeURIComponent);
  const call: ControlRequest = { method: request.method, path, query: url.searchParams, body: {}, files: [] };
  if (request.method === "GET") return call;
  if (request.headers.get("content-type")?.includes("multipart/form-data") === true) {
    for (const [name, value] of await request.formData()) {
      if (typeof value === "string") call.body[name] = value;
      else call.files.push(await readFile(value));
    }
    return call;
  }
  const source = await request.text();
  if (source === "") return call;
  const body = parseJson(source);
  if (!isRecord(body)) throw new ControlError(400, "Cannot read the call: its body must be a JSON object");
  call.body = body;
  return call;
}

async function readFile(file: File): Promise<UploadedFile> {
  const mime = (file.type === "" ? "application/octet-stream" : file.type).split(";")[0] ?? "";
  return { name: file.name, mime, bytes: new Uint8Array(await file.arrayBuffer()) };
}
