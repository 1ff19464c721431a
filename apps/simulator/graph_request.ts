import { GraphError } from "./graph_error.ts";
import { asNumber, asRecord, asText, isRecord, type Json, type JsonRecord, parseJson } from "./json.ts";

/** A file that came with a multipart call. */
export interface UploadedFile {
  name: string;
  mime: string;
  bytes: Uint8Array;
}

/** One Graph API call, whichever way its fields came. */
export interface GraphRequest {
  method: string;
  /** The version that answers, such as `v25.0`. */
  version: string;
  /** The path's parts after the version. */
  path: string[];
  /** Query and body together; the body wins. Nested values may still be JSON text. */
  fields: JsonRecord;
  token: string | undefined;
  file?: UploadedFile;
}

/** An answer before it becomes a Response. */
export interface GraphAnswer {
  status?: number;
  body: Json;
  headers?: Record<string, string>;
}

const newest = 27;
const oldest = 21;

/** Reads a call. Dead and absent versions fall to the oldest live one, as Meta does. */
export async function readGraphRequest(request: Request, url: URL): Promise<GraphRequest> {
  const fields: JsonRecord = {};
  if (url.search !== "") for (const [name, value] of url.searchParams) fields[name] = value;
  const file = request.method === "GET" ? undefined : await readBody(request, fields);
  const header = request.headers.get("authorization");
  const bearer = header?.startsWith("Bearer ") === true ? header.slice(7).trim() : undefined;
  const override = asText(fields.method)?.toUpperCase();
  const isOverride = request.method === "POST" && (override === "DELETE" || override === "GET");
  return {
    ...readPath(url.pathname),
    method: isOverride && override !== undefined ? override : request.method,
    fields,
    token: asText(fields.access_token) ?? bearer,
    ...(file === undefined ? {} : { file }),
  };
}

/** Splits a path into version and parts. */
export function readPath(pathname: string): { version: string; path: string[] } {
  const path = pathname.split("/").filter((part) => part !== "");
  const asked = path[0]?.match(/^v(\d+)\.\d+$/)?.[1];
  if (asked === undefined) return { version: `v${oldest}.0`, path };
  const number = Number(asked);
  if (number > newest) throw new GraphError(2635, `Unknown API version v${number}.0`, { status: 400 });
  return { version: `v${Math.max(oldest, number)}.0`, path: path.slice(1) };
}

async function readBody(request: Request, fields: JsonRecord): Promise<UploadedFile | undefined> {
  const type = request.headers.get("content-type") ?? "";
  if (type.includes("multipart/form-data")) return readForm(await request.formData(), fields);
  const source = await request.text();
  if (source === "") return undefined;
  if (type.includes("application/x-www-form-urlencoded")) {
    for (const [name, value] of new URLSearchParams(source)) fields[name] = value;
    return undefined;
  }
  const body = parseJson(source);
  if (!isRecord(body)) throw new GraphError(100, "(#100) Invalid JSON in the request body", { status: 400 });
  Object.assign(fields, body);
  return undefined;
}

async function readForm(form: FormData, fields: JsonRecord): Promise<UploadedFile | undefined> {
  let file: UploadedFile | undefined;
  for (const [name, value] of form) {
    if (typeof value === "string") {
      fields[name] = value;
      continue;
    }
    const mime = (value.type === "" ? "application/octet-stream" : value.type).split(";")[0] ?? "";
    file = { name: value.name, mime, bytes: new Uint8Array(await value.arrayBuffer()) };
  }
  return file;
}

/** A field that is an object: as it is, or as the JSON text that form bodies carry. */
export function recordField(fields: JsonRecord, name: string): JsonRecord | undefined {
  const value = fields[name];
  return typeof value === "string" ? asRecord(parseJson(value)) : asRecord(value);
}

/** A field that is a list: as it is, as JSON text, or as words between commas. */
export function listField(fields: JsonRecord, name: string): Json[] | undefined {
  const value = fields[name];
  if (Array.isArray(value)) return value;
  if (typeof value !== "string") return undefined;
  const parsed = parseJson(value);
  if (Array.isArray(parsed)) return parsed;
  return value
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

/** The `fields` parameter as names; a name may carry `{sub,fields}` and `.limit(n)`. */
export function readFieldNames(fields: JsonRecord, fallback: string[]): Map<string, string> {
  const source = asText(fields.fields);
  if (source === undefined || source === "") return new Map(fallback.map((name) => [name, ""]));
  const names = new Map<string, string>();
  let depth = 0;
  let start = 0;
  for (let index = 0; index <= source.length; index += 1) {
    const unit = source[index];
    if (unit === "{" || unit === "(") depth += 1;
    if (unit === "}" || unit === ")") depth -= 1;
    if (index < source.length && (unit !== "," || depth > 0)) continue;
    const item = source.slice(start, index).trim();
    start = index + 1;
    const name = item.match(/^\w+/)?.[0];
    const open = item.indexOf("{");
    const inner = open >= 0 && item.endsWith("}") ? item.slice(open + 1, -1) : "";
    if (name !== undefined) names.set(name, inner);
  }
  return names;
}

/** One page of a list by cursor, in Meta's shape. The cursor is the position, encoded. */
export function cursorPage(
  items: JsonRecord[],
  request: GraphRequest,
  origin: string,
  defaultLimit = 25,
): JsonRecord {
  const limit = Math.min(100, Math.max(1, asNumber(request.fields.limit) ?? defaultLimit));
  const after = asText(request.fields.after);
  const start = after === undefined ? 0 : Number(Buffer.from(after, "base64url").toString("utf8"));
  if (!Number.isInteger(start)) throw new GraphError(100, "(#100) Invalid cursor", {});
  const data = items.slice(start, start + limit);
  if (data.length === 0) return { data: [] };
  const end = start + data.length;
  const cursors = { before: encodeCursor(start), after: encodeCursor(end) };
  if (end >= items.length) return { data, paging: { cursors } };
  const query = new URLSearchParams({ limit: String(limit), after: cursors.after });
  if (request.token !== undefined) query.set("access_token", request.token);
  const names = asText(request.fields.fields);
  if (names !== undefined) query.set("fields", names);
  const next = `${origin}/${request.version}/${request.path.join("/")}?${query}`;
  return { data, paging: { cursors, next } };
}

function encodeCursor(position: number): string {
  return Buffer.from(String(position)).toString("base64url");
}
