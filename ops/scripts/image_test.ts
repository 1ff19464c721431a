// `bun ops/scripts/image_test.ts <image> [<commit>]`: starts the image as it runs in production, and stops it.
import { randomBytes } from "node:crypto";
import { spawnSync } from "node:child_process";
import { giveUp } from "../prepare.ts";

const [image = "", commit] = process.argv.slice(2);
if (!image) giveUp("Say which image: bun ops/scripts/image_test.ts messagesender:latest");

const run = `ms-image-test-${randomBytes(4).toString("hex")}`;
const containers: string[] = [];
const secret = () => randomBytes(32).toString("hex");
const password = secret();
const settings = {
  APP_URL: "https://chat.example.com",
  DATABASE_URL: `postgres://postgres:${password}@${run}-postgres:5432/postgres`,
  REDIS_URL: `redis://${run}-redis:6379`,
  JWT_SECRET: secret(),
  JWT_REFRESH_SECRET: secret(),
  ENCRYPTION_KEY: secret(),
  BACKUP_KEY: secret(),
  FACEBOOK_APP_ID: "1517776481860111",
  FACEBOOK_APP_SECRET: secret(),
  FACEBOOK_WEBHOOK_VERIFY_TOKEN: secret(),
};

function docker(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync("docker", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`docker ${args[0]} failed: ${stderr.trim()}`);
  return stdout.trim();
}

function start(name: string, from: string, options: string[]): void {
  docker("run", "--detach", "--name", `${run}-${name}`, "--network", run, ...options, from);
  containers.push(`${run}-${name}`);
}

/** Asks the process from inside its container: nothing is published. */
async function answer(name: string, path: string): Promise<string> {
  const code = `const r = await fetch("http://127.0.0.1:4000${path}"); console.log(r.status, await r.text())`;
  for (let tries = 0; tries < 60; tries += 1) {
    const { status, stdout } = spawnSync("docker", ["exec", `${run}-${name}`, "bun", "-e", code], {
      encoding: "utf8",
    });
    if (status === 0 && stdout.startsWith("200 ")) return stdout.slice(4);
    await Bun.sleep(1_000);
  }
  throw new Error(`${name} does not answer ${path}:\n${docker("logs", `${run}-${name}`)}`);
}

try {
  docker("network", "create", run);
  start("postgres", "postgres:18", ["--env", `POSTGRES_PASSWORD=${password}`, "--env", "LANG=C.UTF-8"]);
  start("redis", "redis:8", []);
  const given = Object.entries(settings).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
  const hardened = [
    "--read-only",
    "--tmpfs",
    "/tmp",
    "--cap-drop",
    "ALL",
    "--security-opt",
    "no-new-privileges",
  ];
  for (const role of ["api", "worker"]) {
    // Until Postgres is there the process ends, as it would under any engine, and is started again.
    start(role, image, ["--restart", "always", "--env", `ROLE=${role}`, ...given, ...hardened]);
    const health: { version?: string; commit?: string } = JSON.parse(await answer(role, "/health"));
    await answer(role, "/health/ready");
    if (commit && health.commit !== commit)
      throw new Error(`The image says commit "${health.commit}", and not "${commit}"`);
    if (docker("exec", `${run}-${role}`, "id", "-un") !== "appuser") throw new Error(`${role} runs as root`);
  }
  for (const role of ["api", "worker"]) {
    docker("update", "--restart", "no", `${run}-${role}`);
    const startedAt = performance.now();
    docker("stop", "--time", "20", `${run}-${role}`);
    const seconds = (performance.now() - startedAt) / 1_000;
    const code = docker("inspect", "--format", "{{.State.ExitCode}}", `${run}-${role}`);
    if (code !== "0") throw new Error(`${role} ended with ${code}`);
    process.stdout.write(`${role} started, was ready, and stopped in order after ${seconds.toFixed(1)} s\n`);
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  for (const name of containers) spawnSync("docker", ["rm", "--force", "--volumes", name]);
  spawnSync("docker", ["network", "rm", run]);
}
