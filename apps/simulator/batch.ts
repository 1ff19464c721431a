import { GraphError, invalidParameter } from "./graph_error.ts";
import { type GraphAnswer, type GraphRequest, listField, readPath } from "./graph_request.ts";
import { asRecord, asText, type Json, type JsonRecord } from "./json.ts";
import type { Sim } from "./sim.ts";

const most = 50;

/** `POST /` with `batch`: runs the items in order and answers each as HTTP inside JSON. */
export async function runBatch(
  sim: Sim,
  request: GraphRequest,
  run: (item: GraphRequest) => Promise<GraphAnswer>,
): Promise<GraphAnswer> {
  const items = listField(request.fields, "batch");
  if (request.method !== "POST" || items === undefined) {
    throw new GraphError(2500, "Unknown path components: /", {});
  }
  if (items.length > most)
    throw invalidParameter(`Too many requests in batch message. Maximum batch size is ${most}`);
  const answers: Json[] = [];
  const done = new Map<string, GraphAnswer>();
  for (const item of items) {
    const record = asRecord(item) ?? {};
    const blocker = asText(record.depends_on);
    const needed = blocker === undefined ? undefined : done.get(blocker);
    if (blocker !== undefined && (needed === undefined || (needed.status ?? 200) >= 400)) {
      answers.push(null);
      continue;
    }
    const answer = await run(readItem(record, request, sim.origin()));
    const name = asText(record.name);
    if (name !== undefined) done.set(name, answer);
    const isOmitted =
      name !== undefined && record.omit_response_on_success !== false && isNeeded(items, name);
    answers.push(isOmitted && (answer.status ?? 200) < 400 ? null : writeItem(answer, request.version));
  }
  return { body: answers };
}

function isNeeded(items: Json[], name: string): boolean {
  return items.some((item) => asRecord(item)?.depends_on === name);
}

function readItem(record: JsonRecord, outer: GraphRequest, origin: string): GraphRequest {
  const url = new URL(asText(record.relative_url) ?? "", `${origin}/`);
  const fields: JsonRecord = {};
  for (const [name, value] of url.searchParams) fields[name] = value;
  const body = asText(record.body);
  if (body !== undefined) for (const [name, value] of new URLSearchParams(body)) fields[name] = value;
  for (const name of ["appsecret_proof", "appsecret_time"]) {
    if (outer.fields[name] !== undefined) fields[name] ??= outer.fields[name];
  }
  const { path } = readPath(url.pathname);
  return {
    method: asText(record.method)?.toUpperCase() ?? "GET",
    version: outer.version,
    path,
    fields,
    token: asText(fields.access_token) ?? outer.token,
  };
}

function writeItem(answer: GraphAnswer, version: string): JsonRecord {
  const headers = {
    "Content-Type": "application/json; charset=UTF-8",
    "facebook-api-version": version,
    ...answer.headers,
  };
  return {
    code: answer.status ?? 200,
    headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
    body: JSON.stringify(answer.body),
  };
}
