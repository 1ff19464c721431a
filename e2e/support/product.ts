import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "#db";
import { type Simulator, startSimulator } from "../../apps/simulator/simulator.ts";
import { createTestDatabase, type TestDatabase } from "../../db/testing.ts";
import { apiRequest } from "../../apps/server/testing/api_request.ts";
import { untilHistoryIsRead } from "../../modules/messaging/testing/pages.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

export const owner = { email: "owner@example.com", password: "Correct-Horse-9", name: "Olivia Owner" };
export const appSecret = "product-test-app-secret";

export interface Product {
  /** Where the server answers. */
  url: string;
  /** The server's whole environment. */
  env: Record<string, string>;
  database: TestDatabase;
  simulator: Simulator;
  /** `kill -9` of the server. */
  kill(): Promise<void>;
  /** Starts the server again, on the same port and database. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The server's process. */
  pid(): number;
  /** The server's output on stderr. */
  log(): string;
}

export interface ProductOptions {
  env?: Record<string, string>;
  /** Without an owner the first visitor signs up with the set-up token. */
  hasOwner?: boolean;
  /** As `bun start` runs it: the server offers its simulator to people. */
  offersSimulator?: boolean;
}

/** The real server in a process of its own, on a database of its own, with the simulator playing Meta. */
export async function startProduct({
  env = {},
  hasOwner = true,
  offersSimulator = false,
}: ProductOptions = {}): Promise<Product> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const dataDir = await mkdtemp(join(tmpdir(), "messagesender-e2e-"));
  const database = await createTestDatabase();
  const simulator = await startSimulator({
    appSecret,
    verifyToken: "product-test-verify-token",
    webhookUrl: `http://127.0.0.1:${port}/api/v1/webhooks/facebook`,
  });
  let child: ChildProcess | undefined;
  let output = "";

  const product: Product = {
    url,
    env: {
      PATH: process.env.PATH ?? "",
      PORT: String(port),
      APP_URL: url,
      DATA_DIR: dataDir,
      DATABASE_URL: database.url,
      GRAPH_API_URL: simulator.url,
      FACEBOOK_APP_ID: "1517776481860111",
      FACEBOOK_APP_SECRET: appSecret,
      FACEBOOK_WEBHOOK_VERIFY_TOKEN: "product-test-verify-token",
      SIMULATOR: offersSimulator ? "on" : "off",
      SIMULATOR_PORT: new URL(simulator.url).port,
      // The simulator's outbox.
      SMTP_HOST: "127.0.0.1",
      SMTP_PORT: String(simulator.outbox.port),
      SMTP_SECURITY: "none",
      MAIL_FROM: "MessageSender <team@example.com>",
      // All of a test comes from one address.
      RATE_LIMIT_PER_MINUTE: "0",
      ...(hasOwner ? { OWNER_EMAIL: owner.email, OWNER_PASSWORD: owner.password } : {}),
      ...env,
    },
    database,
    simulator,
    pid: () => child?.pid ?? 0,
    log: () => output,
    async start() {
      const server = spawn(process.execPath, [join(root, "apps/server/main.ts")], {
        cwd: root,
        stdio: ["ignore", "pipe", "pipe"],
        env: { BUN_CONFIG_MAX_HTTP_REQUESTS: "2048", ...product.env },
      });
      child = server;
      for (const stream of [server.stdout, server.stderr]) {
        stream?.on("data", (chunk: Buffer) => {
          output += chunk.toString();
        });
      }
      await waitFor(async () => {
        if (server.exitCode !== null) throw new Error(`The server ended with ${server.exitCode}:\n${output}`);
        return (await fetch(`${url}/health/ready`).catch(() => null))?.ok === true;
      }, 30_000);
    },
    async kill() {
      await end(child, "SIGKILL");
    },
    async stop() {
      await end(child, "SIGTERM");
      await simulator.stop();
      await database.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  try {
    await product.start();
  } catch (error) {
    await product.stop();
    throw error;
  }
  return product;
}

async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  child.kill(signal);
  await ended;
}

/** Credentials of a login. */
export interface Login {
  email: string;
  password: string;
}

/** Adds a member by the command line. */
export function addMember(
  product: Product,
  { name, role }: { name: string; role: "manager" | "operator" | "viewer" },
): Login {
  const email = `${name.split(" ")[0]?.toLowerCase()}@example.com`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["apps/server/cli.ts", "add-member", "--email", email, "--name", name, "--role", role],
    { cwd: root, encoding: "utf8", env: { ...process.env, ...product.env } },
  );
  const password = /First password: (\S+)/.exec(stdout)?.[1];
  if (!password) throw new Error(`Cannot add a member: ${stdout}${stderr}`);
  return { email, password };
}

/** Waits until `check` is true, checking every 50 ms; the error names the condition. */
export async function waitFor(
  check: () => Promise<boolean> | boolean,
  timeoutMs = 10_000,
  what = "the condition",
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}`);
    await Bun.sleep(50);
  }
}

export interface ApiClient {
  get<T = Record<string, unknown>>(path: string): Promise<T>;
  post<T = Record<string, unknown>>(
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<T>;
  raw(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
}

/** Calls the API, or its part `under`, with a bearer token; an answer that is no success throws with its problem. */
export function apiClient(url: string, accessToken: string | null, under = ""): ApiClient {
  const raw: ApiClient["raw"] = (method, path, body, headers) =>
    fetch(apiRequest(method, `${url}/api/v1${under}${path}`, { token: accessToken, body, headers }));
  const json = async (answer: Promise<Response>) => {
    const response = await answer;
    if (!response.ok) throw new Error(`${response.status} ${response.url}: ${await response.text()}`);
    return await response.json();
  };
  return {
    raw,
    get: (path) => json(raw("GET", path)),
    post: (path, body, headers) => json(raw("POST", path, body ?? {}, headers)),
  };
}

export interface Connected {
  api: ApiClient;
  workspaceId: string;
  /** The page's Facebook id and our own id of it. */
  facebookPageId: string;
  pageId: string;
  accessToken: string;
}

/** The owner logged in, with a workspace and the simulator's first page connected by its token. */
export async function connectPage({ url, database, simulator }: Product): Promise<Connected> {
  const { accessToken } = await apiClient(url, null).post<{ accessToken: string }>("/auth/login", owner);
  const api = apiClient(url, accessToken);
  const { workspace } = await api.post<{ workspace: { id: string } }>("/workspaces", { name: "Luna Coffee" });
  const facebookPageId = "104810069068200";
  const { token } = await simulatorCall<{ token: string }>(simulator, "GET", `pages/${facebookPageId}/token`);
  const { page } = await api.post<{ page: { id: string } }>(`/workspaces/${workspace.id}/pages`, {
    pageId: facebookPageId,
    accessToken: token,
  });
  await untilHistoryIsRead(database, page.id);
  return { api, workspaceId: workspace.id, facebookPageId, pageId: page.id, accessToken };
}

/** The simulator's control API. */
export async function simulatorCall<T = Record<string, unknown>>(
  simulator: Simulator,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const response = await fetch(`${simulator.url}/_simulator/${path}`, {
    method,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${response.status} ${path}: ${await response.text()}`);
  return await response.json();
}
