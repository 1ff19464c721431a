// `bun run validate:prod [file]`: whether .env.prod and this machine are ready. Exit 0: ready. 1: every problem, one a line.
import { spawnSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { connect } from "node:net";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { ConfigError, readConfig } from "../../apps/server/config.ts";
import { type BackupPlace } from "../../modules/admin/mod.ts";
import { requireEmail, requireGoodPassword } from "../../modules/auth/mod.ts";
import { s3Place } from "../../modules/admin/backups/place_s3.ts";
import { root } from "../prepare.ts";

const file = resolve(root, process.argv[2] ?? ".env.prod");
const problems: string[] = [];

checkTools();
if (statSync(file, { throwIfNoEntry: false })?.isFile()) {
  const env = readFile();
  checkSecrets(env);
  const backups = checkSettings(env);
  checkCertificates(env);
  await checkReach(env);
  if (backups?.kind === "s3") await checkBucket(backups);
  // compose would only repeat these problems.
  if (problems.length === 0) checkCompose();
} else problems.push(`${file} is missing: copy .env.prod.example to it, and fill it in`);
checkGit();

if (problems.length === 0) {
  process.stdout.write("Ready for production\n");
  process.exit(0);
} else {
  process.stdout.write(`${problems.map((line) => `- ${line}`).join("\n")}\n`);
  process.stdout.write(`Not ready: ${problems.length} problem(s)\n`);
  process.exit(1);
}

function works(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { cwd: root, stdio: "ignore", timeout: 10_000 }).status === 0;
}

function checkTools(): void {
  if (!works("docker", ["info"]))
    problems.push("Docker does not answer: install it, start it, and run this as a user who may use it");
  if (!works("docker", ["compose", "version"]))
    problems.push("There is no docker compose: install the plugin (docker-compose-plugin)");
  for (const name of [
    "compose.prod.yml",
    "ops/nginx/nginx.conf",
    "ops/nginx/run.sh",
    "ops/docker/Dockerfile",
  ])
    if (!existsSync(join(root, name))) problems.push(`${name} is missing: take the whole repository`);
}

function readFile(): Record<string, string> {
  const env: Record<string, string> = {};
  const text = readFileSync(file, "utf8");
  for (const [name, value] of Object.entries(parseEnv(text))) env[name] = value ?? "";
  // docker compose, docker run --env-file, systemd and this script take these each in its own way.
  for (const [, name] of text.matchAll(/^[ \t]*(\w+)[ \t]*=[ \t]*(?:["'`]|.*[$#\\])/gm))
    problems.push(
      `${name} has a quote before it, or a $, # or \\ in it, which tools read differently: take another value`,
    );
  for (const [name, value] of Object.entries(env))
    if (value.includes("CHANGE_ME") || value.includes("example.com"))
      problems.push(`${name} is still the placeholder of the example file`);
  if ((statSync(file).mode & 0o077) !== 0)
    problems.push(`${file} can be read by others on this machine: chmod 600 ${file}`);
  return env;
}

function checkSecrets(env: Record<string, string>): void {
  const make = 'make one with "openssl rand -hex 32"';
  const isPlaceholder = (name: string) => problems.some((line) => line.startsWith(`${name} is still`));
  const seen = new Map<string, string>();
  for (const name of [
    "POSTGRES_PASSWORD",
    "REDIS_PASSWORD",
    "JWT_SECRET",
    "JWT_REFRESH_SECRET",
    "ENCRYPTION_KEY",
    "BACKUP_KEY",
  ]) {
    if (isPlaceholder(name)) continue;
    const value = env[name] ?? "";
    const twin = seen.get(value);
    if (value === "") problems.push(`${name} is missing: ${make}`);
    else if (twin) problems.push(`${name} is the same as ${twin}: each secret is one of its own; ${make}`);
    seen.set(value, name);
  }
  for (const name of ["POSTGRES_PASSWORD", "REDIS_PASSWORD"]) {
    const value = env[name] ?? "";
    if (value && !/^[A-Za-z0-9_-]{24,}$/.test(value))
      problems.push(
        `${name} must be at least 24 letters and digits, as it becomes part of an address: ${make}`,
      );
  }
  for (const name of ["ENCRYPTION_KEY", "BACKUP_KEY"].filter((one) => !isPlaceholder(one)))
    for (const key of (env[name] ?? "").split(",").filter(Boolean)) {
      if (!/^[0-9a-f]{64}$/i.test(key)) problems.push(`${name} must be exactly 64 hex characters: ${make}`);
      else if (new Set(key).size < 4) problems.push(`${name} has characters that are all alike: ${make}`);
    }
}

/** Settings that the server itself would refuse, with the addresses of compose.prod.yml. Returns the target of backups. */
function checkSettings(env: Record<string, string>): BackupPlace | undefined {
  let backups: BackupPlace | undefined;
  const inside = {
    DATABASE_URL: "postgres://messagesender:x@postgres:5432/messagesender",
    REDIS_URL: "redis://:x@redis:6379",
  };
  try {
    const config = readConfig({ ...env, ...inside, NODE_ENV: "production" });
    backups = config.backup?.place;
    if (config.owner) checkOwner(config.owner);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const told = new Set(problems.map((line) => line.split(/[ :]/)[0]));
    problems.push(...error.problems.filter((line) => !told.has(line.split(/[ :]/)[0])));
  }
  const appUrl = env.APP_URL ?? "";
  if (URL.canParse(appUrl) && new URL(appUrl).pathname !== "/")
    problems.push("APP_URL has a path: MessageSender wants a host name of its own");
  if (backups?.kind === "disk" && /^s3:/i.test(env.BACKUP_TARGET ?? ""))
    problems.push("BACKUP_TARGET is no bucket: write s3://bucket/folder");
  for (const name of ["API_PROCESSES", "WORKER_PROCESSES"])
    if (!/^[1-9]\d*$/.test(env[name] || "1")) problems.push(`${name} must be a whole number, 1 or more`);
  const subnet = env.SUBNET || "172.30.77";
  if (!/^\d{1,3}(\.\d{1,3}){2}$/.test(subnet) || subnet.split(".").some((part) => Number(part) > 255))
    problems.push("SUBNET must be three numbers up to 255, such as 172.16.77");
  return backups;
}

function checkOwner({ email, password }: { email: string; password: string }): void {
  const checks = {
    OWNER_EMAIL: () => requireEmail(email),
    OWNER_PASSWORD: () => requireGoodPassword(password),
  };
  for (const [name, check] of Object.entries(checks))
    try {
      check();
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : error}`);
    }
}

function checkCertificates(env: Record<string, string>): void {
  const at = (name: string) => join(resolve(root, env.CERTS_DIR || "./certs"), name);
  const chain = at("fullchain.pem");
  const key = at("privkey.pem");
  const missing = [chain, key].filter((path) => !existsSync(path));
  for (const path of missing)
    problems.push(`${path} is missing: get a certificate, see ops/docs/deployment.md`);
  if (missing.length > 0) return;
  try {
    const certificate = new X509Certificate(readFileSync(chain));
    if (Date.parse(certificate.validTo) < Date.now())
      problems.push(`${chain} was valid until ${certificate.validTo}: renew it`);
    if (!certificate.checkPrivateKey(createPrivateKey(readFileSync(key))))
      problems.push(`${key} is not the key of fullchain.pem: nginx would not start. Copy both anew`);
  } catch {
    problems.push(`${chain} and privkey.pem are no certificate and its key in PEM: copy both anew`);
  }
}

/** Graph must answer; a database or Redis named in the environment too (those of compose start with it). */
async function checkReach(env: Record<string, string>): Promise<void> {
  const graph = env.GRAPH_API_URL || "https://graph.facebook.com";
  const answer = await fetch(graph, { signal: AbortSignal.timeout(10_000) }).catch(() => null);
  if (!answer) problems.push(`The Graph API at ${graph} does not answer: look at the firewall and DNS`);
  for (const name of ["DATABASE_URL", "REDIS_URL"]) {
    const url = env[name];
    if (url && URL.canParse(url) && !(await answers(new URL(url), name === "REDIS_URL" ? 6379 : 5432)))
      problems.push(`${name} names a server that does not answer: look at its address and the firewall`);
  }
}

async function checkBucket(place: Extract<BackupPlace, { kind: "s3" }>): Promise<void> {
  const late = Bun.sleep(15_000).then(() => {
    throw new Error(
      `The bucket "${place.bucket}" of BACKUP_TARGET does not answer: look at BACKUP_S3_ENDPOINT`,
    );
  });
  await Promise.race([s3Place(place).list(), late]).catch((error: Error) => problems.push(error.message));
}

/** Sizes, ports and numbers, which compose alone reads. */
function checkCompose(): void {
  const args = ["compose", "--env-file", file, "-f", "compose.prod.yml", "config", "-q"];
  const env = { ...process.env, ENV_FILE: file };
  const { status, stderr } = spawnSync("docker", args, { cwd: root, encoding: "utf8", env });
  if (status !== 0) problems.push(`docker compose cannot read this: ${stderr.trim().split("\n").at(-1)}`);
}

async function answers({ hostname, port }: URL, fallback: number): Promise<boolean> {
  return await new Promise((done) => {
    const socket = connect({ host: hostname, port: Number(port) || fallback, timeout: 5_000 });
    const end = (isThere: boolean) => {
      socket.destroy();
      done(isThere);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
  });
}

function checkGit(): void {
  if (!works("git", ["rev-parse"])) return;
  const { stdout } = spawnSync("git", ["ls-files", ".env*", "certs"], { cwd: root, encoding: "utf8" });
  for (const name of stdout.split("\n").filter((line) => line !== "" && line !== ".env.prod.example"))
    problems.push(`${name} is in git: take it out (git rm --cached ${name}) and make its secrets anew`);
}
