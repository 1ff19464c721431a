import { spawn, spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { mkdtemp, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { freePort, migrate, startEmbeddedPostgres } from "#db";
import { templateName } from "../../db/testing.ts";

type Stop = () => Promise<void>;

/**
 * Brings Postgres and Redis for a test run, in this order: TEST_DATABASE_URL and TEST_REDIS_URL, containers where a
 * Docker engine answers, else the embedded Postgres and a redis-server on the PATH.
 */
export default async function startServices(): Promise<Stop> {
  const stops: Stop[] = [];
  try {
    const docker = hasDocker();
    process.env.TEST_DATABASE_URL ??= await (docker ? containerPostgres(stops) : embeddedPostgres(stops));
    process.env.TEST_REDIS_URL ??= await (docker ? containerRedis(stops) : localRedis(stops));
    await makeTemplate(process.env.TEST_DATABASE_URL);
  } catch (error) {
    await Promise.all(stops.map((stop) => stop()));
    throw error;
  }
  // vitest and vite end the process at a signal, without waiting.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, endAtOnce);
  return async () => {
    for (const stop of stops.toReversed()) await stop();
  };
}

const ends: (() => void)[] = [];

/** After an interrupted run; ended processes are left alone. */
function endAtOnce(): void {
  for (const end of ends.splice(0)) {
    try {
      end();
    } catch {}
  }
  process.exitCode = 1;
}

function hasDocker(): boolean {
  if (process.env.TEST_SERVICES === "local") return false;
  return spawnSync("docker", ["info"], { stdio: "ignore", timeout: 10_000 }).status === 0;
}

async function containerPostgres(stops: Stop[]): Promise<string> {
  process.env.TESTCONTAINERS_RYUK_DISABLED = "true";
  const { GenericContainer, Wait } = await import("testcontainers");
  const container = await new GenericContainer("postgres:18")
    .withEnvironment({ POSTGRES_PASSWORD: "test", LANG: "C.UTF-8" })
    .withCommand(["postgres", "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "max_connections=300"])
    .withExposedPorts(5432)
    .withWaitStrategy(Wait.forListeningPorts())
    .start();
  ends.push(() => spawnSync("docker", ["rm", "-f", container.getId()], { stdio: "ignore" }));
  stops.push(async () => void (await container.stop()));
  const url = `postgres://postgres:test@${container.getHost()}:${container.getMappedPort(5432)}/postgres`;
  await waitForPostgres(url);
  return url;
}

async function containerRedis(stops: Stop[]): Promise<string> {
  const { GenericContainer } = await import("testcontainers");
  const container = await new GenericContainer("redis:8").withExposedPorts(6379).start();
  ends.push(() => spawnSync("docker", ["rm", "-f", container.getId()], { stdio: "ignore" }));
  stops.push(async () => void (await container.stop()));
  return `redis://${container.getHost()}:${container.getMappedPort(6379)}`;
}

async function embeddedPostgres(stops: Stop[]): Promise<string> {
  const directory = await mkdtemp(join(await fastestFolder(), "messagesender-pg-"));
  // The system user that runs Postgres under root has to pass through.
  spawnSync("chmod", ["755", directory]);
  const server = await startEmbeddedPostgres(directory, { isDurable: false });
  ends.push(() => {
    const [pid] = readFileSync(join(directory, "data", "postmaster.pid"), "utf8").split("\n");
    process.kill(Number(pid), "SIGQUIT");
    rmSync(directory, { recursive: true, force: true });
  });
  stops.push(async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });
  return server.url;
}

/**
 * Memory, where the system offers enough as a folder. A run creates a database of 650 files for each test file, which
 * costs the kernel 0.13 s on a disk and 0.02 s in memory.
 */
async function fastestFolder(): Promise<string> {
  const free = await statfs("/dev/shm").then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  );
  return free > 4 * 2 ** 30 ? "/dev/shm" : tmpdir();
}

async function localRedis(stops: Stop[]): Promise<string> {
  if (spawnSync("redis-server", ["--version"], { stdio: "ignore" }).status !== 0) {
    throw new Error(
      "Cannot run the tests: no Docker engine answers and there is no redis-server on the PATH. Install redis-server",
    );
  }
  const port = await freePort();
  const child = spawn(
    "redis-server",
    ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
    {
      stdio: "ignore",
      detached: true,
      cwd: tmpdir(),
    },
  );
  ends.push(() => child.kill("SIGTERM"));
  stops.push(async () => {
    child.kill("SIGTERM");
  });
  return `redis://127.0.0.1:${port}`;
}

async function waitForPostgres(url: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => undefined });
    try {
      await sql`select 1`;
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await Bun.sleep(100);
    } finally {
      await sql.end({ timeout: 1 });
    }
  }
}

async function makeTemplate(serverUrl: string): Promise<void> {
  const admin = postgres(serverUrl, { max: 1, onnotice: () => undefined });
  try {
    await admin.unsafe(`drop database if exists ${templateName} with (force)`);
    await admin.unsafe(`create database ${templateName}`);
  } finally {
    await admin.end();
  }
  const url = new URL(serverUrl);
  url.pathname = `/${templateName}`;
  await migrate(url.href);
}
