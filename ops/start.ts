// `bun start`: everything on one machine. Installs, builds the dashboard, starts the simulator and the server.
// `bun start --demo` opens the demo workspace, too.
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { buildDashboard, bun, giveUp, install, root } from "./prepare.ts";

const isProduction = process.env.NODE_ENV === "production";
const simulates =
  !isProduction && (process.env.SIMULATOR ? process.env.SIMULATOR === "on" : !process.env.FACEBOOK_APP_ID);
const host = process.env.HOST ?? (isProduction ? "0.0.0.0" : "127.0.0.1");
const port = portOf("PORT", 4000);
const simulatorPort = portOf("SIMULATOR_PORT", 4001);
const mailPort = portOf("SIMULATOR_MAIL_PORT", 4002);

install();
buildDashboard();
await mustBeFree(port, host, "PORT");
if (simulates) {
  await mustBeFree(simulatorPort, "127.0.0.1", "SIMULATOR_PORT");
  await mustBeFree(mailPort, "127.0.0.1", "SIMULATOR_MAIL_PORT");
}

const children: ChildProcess[] = [];
let isStopping = false;

function start(script: string, env: Record<string, string>): void {
  const child = spawn(bun, [join(root, script)], {
    cwd: root,
    stdio: "inherit",
    // Bun keeps at most 256 requests in flight by default; the sender needs more. The limit is read at the start.
    env: { BUN_CONFIG_MAX_HTTP_REQUESTS: "2048", ...process.env, ...env },
  });
  children.push(child);
  child.once("exit", (code) => {
    children.splice(children.indexOf(child), 1);
    stop(isStopping ? 0 : (code ?? 1));
  });
}

function stop(code: number): void {
  if (!isStopping) process.exitCode = code;
  isStopping = true;
  for (const child of children) child.kill("SIGTERM");
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop(0));

if (simulates) {
  const dataDir = resolve(root, process.env.DATA_DIR ?? ".data");
  const { loadLocalSecrets } = await import("#std");
  const secrets = await Promise.try(loadLocalSecrets, dataDir).catch((error) => giveUp(error.message));
  start("apps/simulator/main.ts", {
    SIMULATOR_PORT: String(simulatorPort),
    SIMULATOR_MAIL_PORT: String(mailPort),
    SIMULATOR_STATE: join(dataDir, "simulator.json"),
    // As the set-up doctor expects it.
    SIMULATOR_WEBHOOK_URL: `${(process.env.APP_URL ?? `http://localhost:${port}`).replace(/\/+$/, "")}/api/v1/webhooks/facebook`,
    FACEBOOK_APP_SECRET: process.env.FACEBOOK_APP_SECRET ?? secrets.facebookAppSecret,
    FACEBOOK_WEBHOOK_VERIFY_TOKEN: process.env.FACEBOOK_WEBHOOK_VERIFY_TOKEN ?? secrets.facebookVerifyToken,
  });
}
start("apps/server/main.ts", process.argv.includes("--demo") ? { DEMO: "on" } : {});

function portOf(setting: string, fallback: number): number {
  const text = process.env[setting] || String(fallback);
  const number = Number(text);
  if (Number.isInteger(number) && number > 0 && number <= 65_535) return number;
  giveUp(`Cannot start: ${setting} is "${text}". Use a whole number from 1 to 65535.`);
}

async function mustBeFree(wanted: number, address: string, setting: string): Promise<void> {
  await new Promise<void>((done) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) =>
      giveUp(
        error.code === "EADDRINUSE"
          ? `Cannot start: port ${wanted} is in use. Stop what uses it, or choose another with ${setting}=${wanted + 100}.`
          : `Cannot start: port ${wanted} on ${address} cannot be opened (${error.code}). Choose another with ${setting}=…`,
      ),
    );
    probe.listen(wanted, address, () => probe.close(() => done()));
  });
}
