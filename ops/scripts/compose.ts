// `bun run docker:prod:<what>`: compose.prod.yml with .env.prod, by the plugin or by docker-compose, whichever is here.
import { spawnSync } from "node:child_process";
import packageJson from "../../package.json" with { type: "json" };
import { giveUp, root } from "../prepare.ts";

const [what = "", ...more] = process.argv.slice(2);
const quiet = { cwd: root, encoding: "utf8" } as const;

const commands: Readonly<Record<string, string[]>> = {
  up: ["up", "-d", "--remove-orphans"],
  down: ["down"],
  logs: ["logs", "--tail", "200", "-f"],
  restart: ["restart"],
  ps: ["ps"],
};

if (what === "build") {
  const { stdout } = spawnSync("git", ["rev-parse", "--short", "HEAD"], quiet);
  const build = ["build", "-f", "ops/docker/Dockerfile", "-t", process.env.IMAGE ?? "messagesender:latest"];
  const says = ["--build-arg", `VERSION=${packageJson.version}`, "--build-arg", `COMMIT=${stdout.trim()}`];
  run("docker", [...build, ...says, ...more, "."]);
} else {
  const command = Object.hasOwn(commands, what) ? commands[what] : undefined;
  if (!command) giveUp(`Say one of build, ${Object.keys(commands).join(", ")}`);
  const plugin = spawnSync("docker", ["compose", "version"], quiet).status === 0;
  const files = ["--env-file", ".env.prod", "-f", "compose.prod.yml"];
  run(plugin ? "docker" : "docker-compose", [...(plugin ? ["compose"] : []), ...files, ...command, ...more]);
}

function run(program: string, args: readonly string[]): never {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: "inherit" });
  if (error) giveUp(`Cannot run ${program}: ${error.message}. Install Docker with its compose plugin`);
  process.exit(status ?? 1);
}
