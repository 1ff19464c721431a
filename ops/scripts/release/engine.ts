// A separate deployment on this engine, with its own names, ports, addresses, secrets and volumes.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../prepare.ts";

export const project = "msrelease";
export const url = "https://localhost:9443";
export const simulatorUrl = "http://127.0.0.1:9401";
export const owner = { email: "owner@release.test", password: "Correct-Horse-9" };
export const folder: string = mkdtempSync(join(tmpdir(), "messagesender-release-"));
export const envFile: string = join(folder, "env");

const secret = () => randomBytes(32).toString("hex");
export const secrets = {
  POSTGRES_PASSWORD: secret(),
  REDIS_PASSWORD: secret(),
  JWT_SECRET: secret(),
  JWT_REFRESH_SECRET: secret(),
  ENCRYPTION_KEY: secret(),
  BACKUP_KEY: secret(),
  FACEBOOK_APP_SECRET: secret(),
  FACEBOOK_WEBHOOK_VERIFY_TOKEN: secret(),
};

/** Runs a program; its output is the answer. Ends everything when it fails, unless `mayFail`. */
export function run(
  program: string,
  args: readonly string[],
  { mayFail = false, environment = {} } = {},
): string {
  const result = spawnSync(program, args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, ...environment },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.status !== 0 && !mayFail)
    throw new Error(
      `${program} ${args.join(" ")} ended with ${result.status}:\n${result.stdout}\n${result.stderr}`,
    );
  return result.stdout;
}

const hasPlugin = spawnSync("docker", ["compose", "version"]).status === 0;
const [program, first] = hasPlugin ? ["docker", ["compose"]] : ["docker-compose", []];
const compose = [...first, "--env-file", envFile, "-p", project, "-f", "compose.prod.yml"];

/** docker compose on this deployment. */
export function dc(...args: string[]): string {
  return run(program, [...compose, ...args]);
}

/** Writes the output of each container to a folder that stays. */
export function keepLogs(): string {
  const kept = mkdtempSync(join(tmpdir(), "messagesender-release-logs-"));
  const names = run("docker", ["ps", "-a", "--filter", `name=${project}`, "--format", "{{.Names}}"]);
  for (const name of names.split("\n").filter(Boolean))
    run("sh", ["-c", `docker logs "$0" > "$1" 2>&1`, name, join(kept, `${name}.log`)], { mayFail: true });
  return kept;
}

/** The containers of a service, by id. */
export function containersOf(service: string): string[] {
  return dc("ps", "-q", service).split("\n").filter(Boolean);
}

export async function waitHealthy(service: string, count = 1, timeoutMs = 300_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const states = containersOf(service).map((id) =>
      run("docker", ["inspect", "-f", "{{.State.Health.Status}}", id], { mayFail: true }).trim(),
    );
    if (states.filter((state) => state === "healthy").length >= count) return;
    if (Date.now() > deadline) throw new Error(`${service} did not become healthy: ${states.join(", ")}`);
    await Bun.sleep(500);
  }
}

/** Secrets, a certificate that this machine signs, and a Meta that is played. */
export function prepare(image: string): void {
  configure(image);
  makeCertificate();
}

export function makeCertificate(): void {
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,DNS:nginx"];
  const files = ["-keyout", join(folder, "privkey.pem"), "-out", join(folder, "fullchain.pem")];
  run("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...files, ...names]);
}

/** The services of the next `docker compose up`, and the number of api and worker processes. */
export function configure(image: string, processes = 1): void {
  const settings = {
    ...secrets,
    IMAGE: image,
    APP_URL: "https://localhost",
    FACEBOOK_APP_ID: "1517776481860111",
    GRAPH_API_URL: "http://meta:4001",
    OWNER_EMAIL: owner.email,
    OWNER_PASSWORD: owner.password,
    ENV_FILE: envFile,
    HTTP_PORT: "9480",
    HTTPS_PORT: "9443",
    SUBNET: "172.16.78",
    API_PROCESSES: String(processes),
    WORKER_PROCESSES: String(processes),
    CERTS_DIR: folder,
    ACME_DIR: folder,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(envFile, lines.join(""), { mode: 0o600 });
}

/** The simulator as a container of the outer networks; its webhooks come in through nginx. */
export function startMeta(): void {
  const env = {
    SIMULATOR_HOST: "0.0.0.0",
    SIMULATOR_PORT: "4001",
    SIMULATOR_WEBHOOK_URL: "https://nginx/api/v1/webhooks/facebook",
    FACEBOOK_APP_ID: "1517776481860111",
    FACEBOOK_APP_SECRET: secrets.FACEBOOK_APP_SECRET,
    FACEBOOK_WEBHOOK_VERIFY_TOKEN: secrets.FACEBOOK_WEBHOOK_VERIFY_TOKEN,
    // The certificate of this test is self-signed.
    NODE_TLS_REJECT_UNAUTHORIZED: "0",
  };
  const given = Object.entries(env).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  const place = ["--network", `${project}_edge`, "--network-alias", "meta", "-p", "127.0.0.1:9401:4001"];
  const code = [
    "-v",
    `${root}:/src:ro`,
    "-w",
    "/src",
    "oven/bun:1.4.5-slim",
    "bun",
    "apps/simulator/main.ts",
  ];
  run("docker", ["run", "-d", "--rm", "--name", `${project}_meta`, ...place, ...given, ...code]);
  run("docker", ["network", "connect", "--alias", "meta", `${project}_outward`, `${project}_meta`]);
}

export function stopMeta(): void {
  run("docker", ["rm", "-f", `${project}_meta`], { mayFail: true });
}

/** One statement on the deployment's database, by psql in its container; rows of columns as text. */
export function query(statement: string): string[][] {
  const [id = ""] = containersOf("postgres");
  const psql = `env -u LD_LIBRARY_PATH psql -h 127.0.0.1 -U messagesender -d messagesender -At -F '|' -c "$0"`;
  const out = run("docker", [
    "exec",
    "-e",
    `PGPASSWORD=${secrets.POSTGRES_PASSWORD}`,
    id,
    "sh",
    "-c",
    psql,
    statement,
  ]);
  return out
    .split("\n")
    .filter(Boolean)
    .map((line) => line.split("|"));
}
