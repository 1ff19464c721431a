import { fileURLToPath } from "node:url";
import * as Sentry from "@sentry/bun";
import { backupHandlers, pruningHandlers, scheduleBackups, schedulePruning, watchEventLoop } from "#admin";
import { accountHandlers, ensureOwner, needsOwner, setupToken } from "#auth";
import { type JobRunner, startJobs } from "#db";
import { type DeliveryWorker, jobHandlers, scheduleDaily, startTicker, startDelivery } from "#messaging";
import { mailHandlers } from "#mail";
import { log, setLogLevel } from "#std";
import { createIngest, retentionHandlers, scheduleRetention } from "#webhooks";
import { createApp, createHealthApp } from "./app.ts";
import { longestUploadBytes } from "./body_limit.ts";
import { type Config, readConfig, type Role } from "./config.ts";
import { openDemo } from "./demo.ts";
import { openDashboardFiles } from "./dashboard_files.ts";
import { startErrorReports } from "./error_reports.ts";
import { finishRequests } from "./finish_requests.ts";
import { openSystem, type System } from "./system.ts";
import { sentenceOf } from "./told.ts";

/** A stopping process has twenty seconds before it is killed. */
const longestStopMs = 19_000;
const longestRequestsMs = 12_000;

const dashboardBuild = fileURLToPath(new URL("../dashboard/build", import.meta.url));

/** Prints errors that the reader can fix, without a stack. */
function tell(error: unknown): void {
  const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
  const sentence = isTaken
    ? `Cannot start: port ${config.port} is in use. Stop what uses it, or set another PORT`
    : sentenceOf(error);
  if (sentence) process.stderr.write(`${sentence}\n`);
  else log.error("Cannot start", { error });
}

async function giveUp(error: unknown): Promise<never> {
  tell(error);
  await Sentry.close(2_000);
  process.exit(1);
}

const config: Config = await Promise.try(readConfig, process.env).catch(giveUp);
setLogLevel(config.logLevel);
if (config.sentryDsn) startErrorReports(config.sentryDsn, config.version);

const startedAt = performance.now();
const system = await openSystem(config).catch(giveUp);
const stops: (() => Promise<void>)[] = [];
let isStopping = false;
const stopping = new AbortController();

for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stop());

try {
  if (config.owner) await ensureOwner(system, config.owner);
  const demoOwner = config.hasDemo ? await openDemo(system) : null;
  const does = (role: Role) => config.role === role || config.role === "all";
  if (does("api")) await startHttp(system);
  else startHealth(system);
  if (does("worker")) await startWork({ ...system, ...system.work });
  if (does("backup")) await startBackups(system);
  watchEventLoop();
  await announce(system, demoOwner);
} catch (error) {
  tell(error);
  process.exitCode = 1;
  await stop();
}

/** Sending and jobs. */
async function startWork(on: System): Promise<void> {
  await Promise.all([scheduleDaily(on), scheduleRetention(on), schedulePruning(on)]);
  const delivery: DeliveryWorker = startDelivery(on);
  on.onWakeDelivery(() => delivery.wake());
  const jobs: JobRunner = startJobs(on, {
    ...jobHandlers(on),
    ...retentionHandlers(on),
    ...pruningHandlers(on),
    ...mailHandlers(on),
    ...accountHandlers(on),
  });
  const ticker = startTicker(on);
  stops.push(
    () => ticker.stop(),
    () => jobs.stop(),
    () => delivery.stop(),
  );
}

/** Backups run one after the other in their own runner: they never delay other jobs, nor the reverse. */
async function startBackups(on: System): Promise<void> {
  await scheduleBackups(on);
  const jobs = startJobs(on, backupHandlers(on, stopping.signal), { pollMs: 2_000, concurrency: 1 });
  stops.push(() => jobs.stop());
}

/** Health for the monitor of a worker. */
function startHealth(on: System): void {
  const app = createHealthApp({ ...on, stopping: stopping.signal });
  app.listen({ port: config.port, hostname: config.host, development: false, reusePort: false });
  stops.push(async () => {
    if (app.server) await finishRequests(app.server, longestRequestsMs);
  });
}

/** The API, the webhooks and the dashboard. */
async function startHttp(on: System): Promise<void> {
  const ingest = createIngest({ ...on, sql: on.webhookSql });
  // Page images come from Meta; a simulated Meta has no https.
  const pictures = ["https:", ...config.allowedMediaHosts.map((at) => `http://${at}`)];
  const app = createApp(
    { ...on, ingest, stopping: stopping.signal },
    openDashboardFiles(dashboardBuild, pictures),
  );
  app.listen({
    port: config.port,
    hostname: config.host,
    development: false,
    // Otherwise Elysia shares the port, and two installations would respond in turns.
    reusePort: false,
    // Streams stay open; each has its own heartbeat.
    idleTimeout: 60,
    maxRequestBodySize: longestUploadBytes,
  });
  stops.push(async () => {
    // Readiness is 503 from now on; clients of a moment ago may still send requests.
    await Bun.sleep(config.drainSeconds * 1_000);
    if (app.server) await finishRequests(app.server, longestRequestsMs);
    await ingest.stop();
  });
}

/** Information for the person who started the server, on stdout; a setup link while there is no owner. */
async function announce(on: System, demoOwner: Awaited<ReturnType<typeof openDemo>>): Promise<void> {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  log.info("Ready", { role: config.role, version: config.version, seconds: Number(seconds) });
  if (config.role !== "api" && config.role !== "all") return;
  const lines = [
    `MessageSender ${config.version} is ready after ${seconds} s`,
    `  Dashboard   ${config.appUrl}`,
  ];
  if (config.simulatorUrl) lines.push(`  Phones      ${config.simulatorUrl}   (a simulator plays Meta)`);
  if (config.simulatorUrl)
    lines.push(`  Outbox      ${config.simulatorUrl}/outbox   (mail that would be sent)`);
  lines.push(`  API         ${config.appUrl}/api/docs`);
  if (demoOwner) lines.push(`  Log in as   ${demoOwner.email} with ${demoOwner.password}`);
  if (await needsOwner(on)) {
    lines.push(
      `  Set-up link ${config.appUrl}/signup#token=${setupToken(config)}`,
      "              open it to become the owner",
    );
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** Finishes work in progress and accepts nothing new, for at most twenty seconds. */
async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  log.info("Stopping");
  stopping.abort();
  const deadline = setTimeout(() => {
    log.error(
      "Did not come to an end in time: what was under way is taken up by another process, or at the next start",
    );
    process.exit(1);
  }, longestStopMs);
  const inOrder = (end: () => Promise<void>) =>
    end().catch((error) => log.error("Cannot stop in order", { error }));
  await Promise.all(stops.map(inOrder));
  await inOrder(() => system.close());
  await Sentry.close(2_000);
  clearTimeout(deadline);
  process.exit();
}
