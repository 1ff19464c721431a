import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Database, freePort, openDatabase, startEmbeddedPostgres } from "#db";
import { startSimulator } from "../../apps/simulator/simulator.ts";
import { testRedisUrl } from "../../db/testing.ts";
import { openLink } from "./breakable_link.ts";
import { type ApiClient, apiClient, appSecret, owner, simulatorCall, waitFor } from "./product.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const server = join(root, "apps/server/main.ts");

export interface FleetOptions {
  workers: number;
  /** The program of each worker; by default the server with ROLE=worker. */
  worker?: string;
  /** Settings of all processes beside, or instead of, those that they get. */
  env?: Record<string, string>;
}

/**
 * One api (a second when a test starts it) and several workers, each a process, with a Postgres of their own, a Redis
 * that can go, and a played Meta.
 */
export async function startFleet({ workers, worker = server, env: given = {} }: FleetOptions) {
  const directory = await mkdtemp(join(tmpdir(), "messagesender-fleet-"));
  await chmod(directory, 0o755);
  const postgresDirectory = join(directory, "postgres");
  let postgres = await startEmbeddedPostgres(postgresDirectory);
  const databaseUrl = new URL(postgres.url);
  const database = openDatabase(postgres.url, { max: 4, applicationName: "test" });
  const redisUrl = new URL(testRedisUrl());
  const redis = await openLink({ host: redisUrl.hostname, port: Number(redisUrl.port) });
  const [port = 0, secondPort = 0] = await Promise.all([freePort(), freePort()]);
  const urls = [port, secondPort].map((one) => `http://localhost:${one}`);
  const [url = ""] = urls;
  const verifyToken = "fleet-test-verify-token";
  const webhookUrl = `http://127.0.0.1:${port}/api/v1/webhooks/facebook`;
  const simulator = await startSimulator({ appSecret, verifyToken, webhookUrl });
  const env = {
    PATH: process.env.PATH ?? "",
    BUN_CONFIG_MAX_HTTP_REQUESTS: "2048",
    PORT: String(port),
    APP_URL: url,
    DATA_DIR: join(directory, "data"),
    DATABASE_URL: postgres.url,
    REDIS_URL: `redis://127.0.0.1:${redis.port}`,
    GRAPH_API_URL: simulator.url,
    FACEBOOK_APP_ID: "1517776481860111",
    FACEBOOK_APP_SECRET: appSecret,
    FACEBOOK_WEBHOOK_VERIFY_TOKEN: verifyToken,
    SIMULATOR: "off",
    OWNER_EMAIL: owner.email,
    OWNER_PASSWORD: owner.password,
    ...given,
  };
  // Each process answers /health at a port of its own.
  const workerPorts = await Promise.all(Array.from({ length: Math.max(1, workers) }, freePort));
  const running = new Map<string, ChildProcess>();
  let output = "";

  function begin(name: string, command: readonly [string, ...string[]], more: Record<string, string>): void {
    const [program, ...args] = command;
    const child = spawn(program, args, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...env, ...more },
    });
    running.set(name, child);
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => {
        output += chunk.toString().replace(/^/gm, `${name} `);
      });
  }

  async function end(name: string, signal: NodeJS.Signals): Promise<void> {
    const child = running.get(name);
    if (!child) return;
    running.delete(name);
    const ended = new Promise<void>((done) => child.once("exit", () => done()));
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await ended;
    }
  }

  async function startApi(n: number): Promise<void> {
    begin(`api-${n}`, run(server), { ROLE: "api", PORT: String(n === 0 ? port : secondPort) });
    const child = running.get(`api-${n}`);
    await waitFor(
      async () => {
        if (child?.exitCode !== null) throw new Error(`The api ended with ${child?.exitCode}`);
        return (await fetch(`${urls[n]}/health/ready`).catch(() => null))?.ok === true;
      },
      120_000,
      "the api to be ready",
    );
  }

  const fleet = {
    url,
    /** Of the api, and of the second one. */
    urls,
    database,
    simulator,
    redis,
    /** The output of all processes, each line with the name of its process. */
    log: () => output,
    pid: (name: string) => running.get(name)?.pid ?? 0,
    startApi,
    /** As a deployment stops it: with time to finish. */
    stopApi: (n: number) => end(`api-${n}`, "SIGTERM"),
    startWorker: (n: number, more: Record<string, string> = {}) =>
      begin(`worker-${n}`, run(worker), { ...more, ROLE: "worker", PORT: String(workerPorts[n] ?? 0) }),
    /** `kill -9`. */
    killWorker: (n: number) => end(`worker-${n}`, "SIGKILL"),
    stopWorker: (n: number) => end(`worker-${n}`, "SIGTERM"),
    /** With `fileBlocks` no file of this process may grow beyond so many times 512 bytes. */
    startBackup: ({ fileBlocks }: { fileBlocks?: number } = {}) =>
      begin("backup", fileBlocks === undefined ? run(server) : limited(fileBlocks, run(server)), {
        ROLE: "backup",
        PORT: "0",
      }),
    stopBackup: () => end("backup", "SIGTERM"),
    /** `kill -9`. */
    killBackup: () => end("backup", "SIGKILL"),
    /** Kills Postgres and starts it again on the same port with the committed data. */
    async crashPostgres(): Promise<void> {
      const pid = await postmaster(database);
      process.kill(pid, "SIGQUIT");
      await waitFor(() => !isAlive(pid), 20_000, "Postgres to be gone");
      const before = postgres;
      postgres = await startEmbeddedPostgres(postgresDirectory, { port: Number(databaseUrl.port) });
      await before.stop();
    },
    async stop(): Promise<void> {
      await Promise.all([...running.keys()].map((name) => end(name, "SIGTERM")));
      await simulator.stop();
      await redis.cut();
      await database.close();
      await postgres.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
  try {
    await startApi(0);
    for (let n = 0; n < workers; n += 1) fleet.startWorker(n);
  } catch (error) {
    await fleet.stop();
    throw new Error(`Cannot start the fleet:\n${output}`, { cause: error });
  }
  return fleet;
}

export type Fleet = Awaited<ReturnType<typeof startFleet>>;

async function postmaster({ sql }: Database): Promise<number> {
  const [row] = await sql<{ data_directory: string }[]>`show data_directory`;
  const file = await readFile(join(row?.data_directory ?? "", "postmaster.pid"), "utf8");
  return Number(file.split("\n")[0]);
}

const isAlive = (pid: number) => existsSync(`/proc/${pid}`) || canSignal(pid);

function canSignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const run = (script: string): [string, ...string[]] => [process.execPath, script];

const limited = (fileBlocks: number, command: readonly string[]): [string, ...string[]] => [
  "sh",
  "-c",
  `trap '' XFSZ; ulimit -f ${fileBlocks}; exec "$0" "$@"`,
  ...command,
];

/** A workspace of the owner. */
export async function openWorkspace({
  url,
}: Fleet): Promise<{ api: ApiClient; accessToken: string; workspaceId: string }> {
  const { accessToken } = await apiClient(url, null).post<{ accessToken: string }>("/auth/login", owner);
  const api = apiClient(url, accessToken);
  const { workspace } = await api.post<{ workspace: { id: string } }>("/workspaces", { name: "Luna Coffee" });
  return { api, accessToken, workspaceId: workspace.id };
}

/** A new page of the simulator, connected by its token; connected already, its token is given anew. */
export async function connectFleetPage(
  { simulator }: Fleet,
  { api, workspaceId }: { api: ApiClient; workspaceId: string },
  known?: string,
): Promise<{ facebookId: string; pageId: string }> {
  const facebookId =
    known ?? (await simulatorCall<{ id: string }>(simulator, "POST", "pages", { name: "Luna" })).id;
  const { token } = await simulatorCall<{ token: string }>(simulator, "GET", `pages/${facebookId}/token`);
  const body = { pageId: facebookId, accessToken: token };
  const { page } = await api.post<{ page: { id: string } }>(`/workspaces/${workspaceId}/pages`, body);
  return { facebookId, pageId: page.id };
}
