import { fileURLToPath } from "node:url";
import * as Sentry from "@sentry/bun";
import { backupHandlers, pruningHandlers, scheduleBackups, schedulePruning } from "#admin";
import { ensureOwner, needsOwner, setupToken } from "#auth";
import { type JobRunner, startJobs } from "#db";
import {
  type DeliveryWorker,
  jobHandlers,
  scheduleDaily,
  startCampaignClock,
  startDelivery,
} from "#messaging";
import { log, redact, setErrorReporter, setLogLevel } from "#std";
import { createIngest, retentionHandlers, scheduleRetention } from "#webhooks";
import { createApp, createHealthApp } from "./app.ts";
import { longestUploadBytes } from "./body_limit.ts";
import { type Config, ConfigError, readConfig, type Role } from "./config.ts";
import { openDashboardFiles } from "./dashboard_files.ts";
import { openSystem, type System } from "./system.ts";

const dashboardBuild = fileURLToPath(new URL("../dashboard/build", import.meta.url));

/** Ends with one sentence, not with a stack, for what the reader can put right. */
async function giveUp(error: unknown): Promise<never> {
  if (error instanceof ConfigError) process.stderr.write(`${error.message}\n`);
  else log.error("Cannot start", { error });
  await Sentry.close(2_000);
  process.exit(1);
}

const config: Config = await Promise.try(readConfig, process.env).catch(giveUp);
setLogLevel(config.logLevel);
if (config.sentryDsn) reportToSentry(config.sentryDsn);

const startedAt = performance.now();
const system = await openSystem(config).catch(giveUp);
const stops: (() => Promise<void>)[] = [];
let isStopping = false;

for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stop());

try {
  if (config.owner) await ensureOwner(system, config.owner);
  const does = (role: Role) => config.role === role || config.role === "all";
  if (does("api")) await startHttp(system);
  else startHealth(system);
  if (does("worker")) await startWork(system);
  if (does("backup")) await startBackups(system);
  await announce(system);
} catch (error) {
  const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
  if (isTaken)
    process.stderr.write(
      `Cannot start: port ${config.port} is in use. Stop what uses it, or set another PORT\n`,
    );
  else log.error("Cannot start", { error });
  process.exitCode = 1;
  await stop();
}

/** Unexpected errors, without what people wrote: Sentry sees no more than the log does. */
function reportToSentry(dsn: string): void {
  Sentry.init({
    dsn,
    release: config.version,
    integrations: (standard) => standard.filter(({ name }) => name !== "Http" && name !== "BunServer"),
    beforeSend(event) {
      for (const exception of event.exception?.values ?? []) exception.value = redact(exception.value ?? "");
      return { ...event, breadcrumbs: [], request: undefined };
    },
  });
  setErrorReporter((error) => Sentry.captureException(error));
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
  });
  const campaigns = startCampaignClock(on);
  stops.push(
    () => campaigns.stop(),
    () => jobs.stop(),
    () => delivery.stop(),
  );
}

/** Backups, one after the other, in a runner of their own: they never wait for other jobs, nor those for them. */
async function startBackups(on: System): Promise<void> {
  const stopping = new AbortController();
  await scheduleBackups(on);
  const jobs = startJobs(on, backupHandlers(on, stopping.signal), { pollMs: 2_000, concurrency: 1 });
  stops.push(async () => {
    stopping.abort();
    await jobs.stop();
  });
}

/** Health for who watches over a worker. Readiness stays until everything has stopped: it takes no traffic. */
function startHealth(on: System): void {
  const app = createHealthApp(on);
  app.listen({ port: config.port, hostname: config.host, development: false, reusePort: false });
  stops.push(async () => {
    await app.server?.stop();
  });
}

/** The API, the webhooks and the dashboard. */
async function startHttp(on: System): Promise<void> {
  const stopping = new AbortController();
  const ingest = createIngest(on);
  // Page pictures come from Meta; a simulated Meta has no https.
  const pictures = ["https:", ...config.allowedMediaHosts.map((at) => `http://${at}`)];
  const app = createApp(
    { ...on, ingest, stopping: stopping.signal },
    openDashboardFiles(dashboardBuild, pictures),
  );
  app.listen({
    port: config.port,
    hostname: config.host,
    development: false,
    // Elysia shares the port otherwise, and two installations would answer by turns.
    reusePort: false,
    // Streams stay open; each has a heartbeat of its own.
    idleTimeout: 60,
    maxRequestBodySize: longestUploadBytes,
  });
  stops.push(async () => {
    stopping.abort();
    await app.server?.stop();
    await ingest.stop();
  });
}

/** What a person who started this needs to know, on stdout; a set-up link while there is no owner. */
async function announce(on: System): Promise<void> {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  log.info("Ready", { role: config.role, version: config.version, seconds: Number(seconds) });
  if (config.role !== "api" && config.role !== "all") return;
  const lines = [
    `MessageSender ${config.version} is ready after ${seconds} s`,
    `  Dashboard   ${config.appUrl}`,
  ];
  if (config.simulatorUrl) lines.push(`  Phones      ${config.simulatorUrl}   (a simulator plays Meta)`);
  lines.push(`  API         ${config.appUrl}/api/docs`);
  if (await needsOwner(on)) {
    lines.push(
      `  Set-up link ${config.appUrl}/signup#token=${setupToken(config)}`,
      "              open it to become the owner",
    );
  }
  process.stdout.write(`${lines.join("\n")}\n`);
}

async function stop(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  log.info("Stopping");
  // HTTP first, so that nothing new comes in while the rest finishes.
  for (const end of stops) await end().catch((error) => log.error("Cannot stop in order", { error }));
  await system.close().catch((error) => log.error("Cannot close in order", { error }));
  await Sentry.close(2_000);
  process.exit();
}
