// `bun run docker:prod:<what>`: compose.prod.yml with .env.prod, by the plugin or by docker-compose, whichever is here.
import { spawnSync } from "node:child_process";
import packageJson from "../../package.json" with { type: "json" };
import { giveUp, root } from "../prepare.ts";

const [what = "", ...more] = process.argv.slice(2);
const quiet = { cwd: root, encoding: "utf8" } as const;
const plugin = spawnSync("docker", ["compose", "version"], quiet).status === 0;
const files = ["--env-file", process.env.ENV_FILE ?? ".env.prod", "-f", "compose.prod.yml"];
const compose: [string, ...string[]] = plugin
  ? ["docker", "compose", ...files]
  : ["docker-compose", ...files];

const everything = ["up", "-d", "--remove-orphans"];
const commands: Readonly<Record<string, string[]>> = {
  up: everything,
  // Where nothing runs.
  update: everything,
  down: ["down"],
  logs: ["logs", "--tail", "200", "-f"],
  restart: ["restart"],
  ps: ["ps"],
};

if (what === "build") {
  const commit = look("git", "rev-parse", "--short", "HEAD").trim();
  const image = ["build", "-f", "ops/docker/Dockerfile", "-t", process.env.IMAGE ?? "messagesender:latest"];
  const says = ["--build-arg", `VERSION=${packageJson.version}`, "--build-arg", `COMMIT=${commit}`];
  run("docker", ...image, ...says, ...more, ".");
} else if (what === "update" && containersOf("api").length > 0) await update();
else {
  const command = Object.hasOwn(commands, what) ? commands[what] : undefined;
  if (!command) giveUp(`Say one of build, ${Object.keys(commands).join(", ")}`);
  run(...compose, ...command, ...more);
}

/**
 * Brings what runs to the image and the settings as they are now. "up" alone would stop everything, migrate, and start
 * again: here the new processes are ready before the old ones stop, and when something fails those of before go on.
 */
async function update(): Promise<void> {
  const up: typeof compose = [...compose, "up", "-d"];
  run(...up, "migrate", "redis");
  const [migrate = ""] = containersOf("migrate", "-a");
  const ended = look("docker", "wait", migrate).trim();
  run("docker", "logs", "--tail", "20", migrate);
  if (ended !== "0") giveUp("The database could not be brought to this version; what ran before goes on");
  for (const service of ["api", "worker"]) {
    const old = containersOf(service);
    if (old.length === 0) continue;
    // One that stopped before would be started again as it was, in place of a new one.
    run(...compose, "rm", "-f", "-v", service);
    run(...up, "--no-recreate", "--scale", `${service}=${old.length * 2}`, service);
    await waitHealthy(containersOf(service).filter((id) => !old.includes(id)));
    // nginx resolves the processes each second.
    if (service === "api") await Bun.sleep(2_000);
    run("docker", "stop", ...old);
    run("docker", "rm", "-v", ...old);
  }
  run(...compose, ...everything);
  run(...compose, "exec", "-T", "nginx", "sh", "/etc/nginx/own/run.sh", "reload");
}

function containersOf(service: string, ...which: string[]): string[] {
  return look(...compose, "ps", "-q", ...which, service)
    .split("\n")
    .filter(Boolean);
}

/** Ends with 1, and without the new processes, as soon as one of them will not come up. */
async function waitHealthy(ids: readonly string[]): Promise<void> {
  for (const until = Date.now() + 180_000; ; await Bun.sleep(500)) {
    const states = ids.map(stateOf);
    if (states.every(({ isHealthy }) => isHealthy)) return;
    const isLate = Date.now() > until;
    const at = states.findIndex(({ trouble, isHealthy }) => trouble !== null || (isLate && !isHealthy));
    if (at === -1) continue;
    run("docker", "logs", "--tail", "20", ids[at] ?? "");
    run("docker", "rm", "-f", "-v", ...ids);
    giveUp(
      `Above is the end of its log: a new process ${states[at]?.trouble ?? "was not ready after three minutes"}. The new ones are gone; those from before go on`,
    );
  }
}

/** One that ends is started again by Docker, at longer and longer intervals: the third time it will not help. */
function stateOf(id: string): { isHealthy: boolean; trouble: string | null } {
  const format = "{{.State.Status}} {{.State.Health.Status}} {{.RestartCount}} {{.State.ExitCode}}";
  const [status, health, restarts, code] = look("docker", "inspect", "-f", format, id).trim().split(" ");
  const isRunning = status === "running";
  let trouble: string | null = null;
  if (Number(restarts) >= 3 || status === "exited" || status === "dead")
    trouble = `keeps ending${isRunning ? "" : `, with ${code}`}`;
  // Docker says "unhealthy" of one that is about to be started again too.
  else if (isRunning && health === "unhealthy") trouble = "runs and is not ready";
  return { isHealthy: isRunning && health === "healthy", trouble };
}

/** The output of a program. */
function look(program: string, ...args: string[]): string {
  return spawnSync(program, args, quiet).stdout ?? "";
}

/** Shows the output of a program, and exits with it when it fails. */
function run(program: string, ...args: string[]): void {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: "inherit" });
  if (error) giveUp(`Cannot run ${program}: ${error.message}. Install Docker with its compose plugin`);
  if (status !== 0) process.exit(status ?? 1);
}
