import { statfs } from "node:fs/promises";
import { type JobSummary, summarizeJobs } from "#db";
import { type AppHold, type LaneSummary, readAppHold, summarizeLanes } from "#messaging";
import { log } from "#std";
import { type BackupState, readBackupState } from "./backups/backup_list.ts";
import type { AdminDeps } from "./deps.ts";
import { listProcesses, type Process } from "./processes.ts";

/** How one part of the machine is. */
export interface PartHealth {
  state: "ok" | "failed";
  latencyMs: number;
  text: string;
}

export interface CheckOptions {
  /** A part that does not respond within this time counts as failed. */
  timeoutMs?: number;
}

/** Checks one part within the limit: a load balancer must get its response. */
async function ask(name: string, work: () => Promise<unknown>, timeoutMs: number): Promise<PartHealth> {
  const startedAt = performance.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([work(), late]);
    return { state: "ok", latencyMs: performance.now() - startedAt, text: "Works" };
  } catch (error) {
    log.warn("A part of the system does not answer", { part: name, error });
    return { state: "failed", latencyMs: performance.now() - startedAt, text: "Does not answer" };
  } finally {
    clearTimeout(timer);
  }
}

const askDatabase = ({ sql }: Pick<AdminDeps, "sql">, timeoutMs: number) =>
  ask("database", async () => await sql`select 1`, timeoutMs);

async function askRedis({ redis }: Pick<AdminDeps, "redis">, timeoutMs: number): Promise<PartHealth | null> {
  return redis === null ? null : await ask("redis", () => redis.ping(), timeoutMs);
}

/** Whether this process can serve; if not, the failed part. Without Redis it continues, only slower. */
export async function checkReady(
  on: Pick<AdminDeps, "sql" | "canIngest" | "stopping">,
  { timeoutMs = 2_000 }: CheckOptions = {},
): Promise<{ ready: true } | { ready: false; part: "process" | "database" | "webhooks" }> {
  if (on.stopping?.aborted) return { ready: false, part: "process" };
  if ((await askDatabase(on, timeoutMs)).state === "failed") return { ready: false, part: "database" };
  return on.canIngest?.() === false ? { ready: false, part: "webhooks" } : { ready: true };
}

export interface SystemHealth {
  database: PartHealth;
  redis: PartHealth | null;
  jobs: JobSummary;
  webhooks: { failed: number; unrouted: number; lastReceivedAt: string | null };
  lanes: LaneSummary[];
  processes: Process[];
  disk: Disk | null;
  backup: BackupState;
  meta: {
    /** The offset of Meta's clock to ours; null: this process has not called Meta yet. */
    clockOffsetSeconds: number | null;
    hold: AppHold | null;
  };
  version: string;
}

/** The overview of the installation for the owner. */
export async function readSystemHealth(on: AdminDeps): Promise<SystemHealth> {
  const [database, redis, jobs, webhooks, lanes, processes, disk, backup, hold] = await Promise.all([
    askDatabase(on, 2_000),
    askRedis(on, 2_000),
    summarizeJobs(on),
    on.webhookCounts(),
    summarizeLanes(on),
    listProcesses(on),
    readDisk(on.config.dataDir),
    readBackupState(on),
    readAppHold(on),
  ]);
  const offsetMs = on.graph.clockOffsetMs();
  const lastReceivedAt = webhooks.lastReceivedAt?.toISOString() ?? null;
  return {
    database,
    redis,
    jobs,
    webhooks: { ...webhooks, lastReceivedAt },
    lanes,
    processes,
    disk,
    backup,
    meta: { clockOffsetSeconds: offsetMs === null ? null : Math.round(offsetMs / 1_000), hold },
    version: on.config.version,
  };
}

/** The disk below the data folder of this process. */
interface Disk {
  freeBytes: number;
  totalBytes: number;
}

/** Null if the folder does not exist yet. */
async function readDisk(directory: string): Promise<Disk | null> {
  try {
    const { bavail, blocks, bsize } = await statfs(directory);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    return null;
  }
}
