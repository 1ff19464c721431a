import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type HealthWatch, watchHealth } from "../support/health_watch.ts";
import {
  type ApiDocument,
  hostileBodies,
  type HostileRequest,
  requestsFor,
} from "../support/hostile_requests.ts";
import { apiClient, connectPage, owner, type Product, startProduct } from "../support/product.ts";
import { bodies } from "../support/routes.ts";

/** Other requests wait at most this long beside any hostile request, in milliseconds. */
const longestWaitMs = 300;
const longestAnswer = 64 * 1024;
const mostMemory = 150 * 1024 * 1024;

let product: Product;
let health: HealthWatch;
let document: ApiDocument;
let token: string;
let ids: Record<string, string>;
let memoryAtFirst: number;
let mostMemorySeen = 0;
let sampling: ReturnType<typeof setInterval>;

beforeAll(async () => {
  product = await startProduct({ env: { LOG_LEVEL: "error" } });
  const { api, workspaceId, pageId, accessToken } = await connectPage(product);
  token = accessToken;
  ids = { workspaceId, pageId };
  const here = apiClient(product.url, token, `/workspaces/${workspaceId}`);
  for (const [name, path] of [
    ["tag", "tags"],
    ["field", "custom-fields"],
    ["segment", "segments"],
    ["template", "templates"],
    ["campaign", "campaigns"],
    ["sequence", "sequences"],
  ] as const) {
    const made = await here.post(
      `/${path}`,
      bodies[`create${name === "field" ? "CustomField" : name[0]?.toUpperCase() + name.slice(1)}`],
    );
    const [row] = Object.values(made);
    ids[`${name}Id`] = String(Object(row).id);
  }
  document = await api.get("/../docs/json");
  health = watchHealth(product.url, product.pid());
  await send({ method: "POST", path: "/api/v1/auth/login", headers: json, body: "{}" });
  await health.worst();
  memoryAtFirst = memory();
  sampling = setInterval(() => (mostMemorySeen = Math.max(mostMemorySeen, memory())), 50);
}, 60_000);
afterAll(async () => {
  clearInterval(sampling);
  health?.stop();
  await product?.stop();
});

const json = { "content-type": "application/json" };

/** Memory of the server in bytes. */
function memory(): number {
  const [, pages = "0"] = readFileSync(`/proc/${product.pid()}/statm`, "utf8").split(" ");
  return Number(pages) * 4096;
}

async function send({ method, path, headers, body }: HostileRequest): Promise<number> {
  const stop = new AbortController();
  const answer = await fetch(`${product.url}${path}`, {
    method,
    headers,
    body,
    redirect: "manual",
    signal: stop.signal,
  });
  const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
  const length = isStream ? 0 : (await answer.arrayBuffer()).byteLength;
  stop.abort();
  expect(length, `${method} ${path.slice(0, 200)}: bytes of the answer`).toBeLessThan(longestAnswer);
  expect(answer.status, `${method} ${path.slice(0, 200)} ${body?.slice(0, 500)}`).not.toBe(500);
  return answer.status;
}

/**
 * Sends all, and repeats failures: a real slow or large request is so each time; a busy machine or garbage is not.
 */
async function sendAll(name: string, requests: () => Iterable<HostileRequest>): Promise<void> {
  const waits: number[] = [];
  const growths: number[] = [];
  const isTooMuch = () => Math.min(...waits) > longestWaitMs || Math.min(...growths) > mostMemory;
  do {
    const memoryBefore = memory();
    mostMemorySeen = memoryBefore;
    for (const request of requests()) await send(request);
    waits.push(await health.worst());
    growths.push(mostMemorySeen - memoryBefore);
  } while (isTooMuch() && waits.length < 4);
  const waited = `${name}: others waited ${waits.join(", ")} ms`;
  expect(Math.min(...waits), waited).toBeLessThanOrEqual(longestWaitMs);
  expect(Math.min(...growths), `${name}: bytes that memory grew`).toBeLessThan(mostMemory);
}

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

test("hostile text in any field of any operation, and lists of bad ids, delay no one", async () => {
  for (const one of operations())
    await sendAll(one.operation.operationId, () => requestsFor(document, one, { ids, token }));
}, 300_000);

test("hostile bodies to any public route delay no one", async () => {
  const open = operations().filter(({ operation }) => operation["x-permission"] === "public");
  expect(open.length).toBeGreaterThan(10);
  for (const { path, method, operation } of open) {
    if (method === "get") continue;
    const request = (type: string, body: string) => ({
      method: method.toUpperCase(),
      path,
      headers: { "content-type": type },
      body,
    });
    await sendAll(operation.operationId, () => [
      ...hostileBodies.map((body) => request("application/json", body)),
      ...forms.map(([type, body]) => request(type, body)),
    ]);
  }
}, 120_000);

const part = (name: string) => `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n1\r\n`;
const forms = [
  ["application/x-www-form-urlencoded", "a=1&".repeat(250_000)],
  ["application/x-www-form-urlencoded", "%".repeat(1_000_000)],
  ["multipart/form-data; boundary=x", `${part("a").repeat(18_000)}--x--`],
  ["multipart/form-data; boundary=x", `${part("a".repeat(1_000_000))}--x--`],
  ["text/plain", "a".repeat(1_000_000)],
] as const;

test("guarded routes do not read bodies without a login", async () => {
  const closed = operations().filter(
    ({ operation }) => operation.requestBody && operation["x-permission"] !== "public",
  );
  const bodies = [["application/json", hostileBodies[3] ?? ""] as const, ...forms];
  for (const { path, method, operation } of closed)
    await sendAll(operation.operationId, () =>
      bodies.slice(0, 3).map(([type, body]) => ({
        method: method.toUpperCase(),
        path: path.replace(/\{\w+\}/g, crypto.randomUUID()),
        headers: { "content-type": type },
        body,
      })),
    );
}, 120_000);

/** A token that needs a lookup before its refusal. */
async function endedToken(): Promise<string> {
  const { accessToken } = await apiClient(product.url, null).post<{ accessToken: string }>(
    "/auth/login",
    owner,
  );
  await apiClient(product.url, accessToken).post("/auth/logout");
  return accessToken;
}

test("hundreds of bodies refused unread leave nothing in memory", async () => {
  const [large = ""] = hostileBodies.filter((body) => body.length > 900_000);
  const to = (path: string, authorization?: string) => ({
    method: "POST",
    path,
    headers: authorization === undefined ? json : { ...json, authorization },
    body: large,
  });
  const ended = await endedToken();
  const closed = `/api/v1/workspaces/${ids.workspaceId}/contacts`;
  const refused = [to(closed), to(closed, `Bearer ${ended}`), to("/nothing/here"), to("/api/v1/auth/login")];
  const memoryBefore = memory();
  mostMemorySeen = memoryBefore;

  for (let n = 0; n < 400; n += 1) await Promise.all(refused.map(send));

  expect(mostMemorySeen - memoryBefore).toBeLessThan(mostMemory);
}, 60_000);

test("all of these together barely grow the server", () => {
  expect(memory() - memoryAtFirst).toBeLessThan(mostMemory);
});
