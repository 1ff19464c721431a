import { createHistogram, log, renderMeters, renderMetric, type Sample } from "#std";
import { readSystemHealth, type SystemHealth } from "./checks.ts";
import type { AdminDeps } from "./deps.ts";

const longestMs = 5_000;
const everyMs = 100;

const loopDelay = createHistogram(
  "messagesender_event_loop_delay_seconds",
  "How much later than asked for a timer of this process ran",
  [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
);

/** Measures from now on how late this process is. Ends with it. */
export function watchEventLoop(): void {
  let expected = performance.now() + everyMs;
  setInterval(() => {
    const now = performance.now();
    loopDelay.observe(Math.max(0, now - expected) / 1_000);
    expected = now + everyMs;
  }, everyMs).unref();
}

type Gauge = [name: string, help: string, samples: Sample[]];

/**
 * Metrics for Prometheus: this process's counters, and the figures of the health page, which are equal in all
 * processes. Without the database only the counters are present, and `messagesender_part_up` shows the reason.
 */
export async function readMetrics(on: AdminDeps): Promise<string> {
  const health = await Promise.race([
    readSystemHealth(on).catch((error: unknown) => {
      log.warn("Cannot read the numbers of the installation for /metrics", { error });
      return null;
    }),
    Bun.sleep(longestMs).then(() => null),
  ]);
  const gauges = [...ofProcess(on), ...(health ? ofHealth(health) : away)];
  return (
    gauges.map(([name, help, samples]) => renderMetric({ name, help, type: "gauge" }, samples)).join("") +
    renderMeters()
  );
}

const up = "messagesender_part_up";
const upHelp = "Whether a part of the installation answers";
const away: Gauge[] = [[up, upHelp, [{ labels: { part: "database" }, value: 0 }]]];

function ofProcess({ config }: Pick<AdminDeps, "config">): Gauge[] {
  const { rss, heapUsed } = process.memoryUsage();
  const { version, commit } = config;
  return [
    ["messagesender_build_info", "What runs here", [{ labels: { version, commit: commit ?? "" }, value: 1 }]],
    ["process_resident_memory_bytes", "Memory of this process", [{ value: rss }]],
    ["process_heap_bytes", "Memory of JavaScript in this process", [{ value: heapUsed }]],
    [
      "process_start_time_seconds",
      "When this process began",
      [{ value: Date.now() / 1_000 - process.uptime() }],
    ],
  ];
}

function ofHealth({
  database,
  redis,
  jobs,
  webhooks,
  lanes,
  processes,
  disk,
  backup,
}: SystemHealth): Gauge[] {
  const parts = [["database", database] as const, ...(redis ? [["redis", redis] as const] : [])];
  const ofLane = (value: (lane: SystemHealth["lanes"][number]) => number): Sample[] =>
    lanes.map((lane) => ({ labels: { page: lane.pageId, lane: lane.class }, value: value(lane) }));
  const ofPool = (value: (one: SystemHealth["processes"][number]) => number): Sample[] =>
    processes.map((one) => ({ labels: { role: one.role, process: one.id }, value: value(one) }));
  return [
    [up, upHelp, parts.map(([part, { state }]) => ({ labels: { part }, value: state === "ok" ? 1 : 0 }))],
    [
      "messagesender_part_latency_seconds",
      "How long a part took to answer, the wait for a connection included",
      parts.map(([part, { latencyMs }]) => ({ labels: { part }, value: latencyMs / 1_000 })),
    ],
    ["messagesender_jobs_pending", "Jobs that wait or run", [{ value: jobs.pending }]],
    ["messagesender_jobs_failed", "Jobs that were given up", [{ value: jobs.failed }]],
    [
      "messagesender_jobs_oldest_due_seconds",
      "How late the oldest due job is",
      [{ value: jobs.oldestDueSeconds }],
    ],
    [
      "messagesender_webhook_events_failed",
      "Webhook events that could not be stored in their place",
      [{ value: webhooks.failed }],
    ],
    [
      "messagesender_webhook_last_event_time_seconds",
      "When Meta was heard last",
      webhooks.lastReceivedAt === null ? [] : [{ value: Date.parse(webhooks.lastReceivedAt) / 1_000 }],
    ],
    ["messagesender_lane_waiting", "Messages that wait in a lane", ofLane((lane) => lane.waiting)],
    [
      "messagesender_lane_unknown",
      "Messages whose outcome Meta is asked about",
      ofLane((lane) => lane.unknown),
    ],
    [
      "messagesender_lane_oldest_seconds",
      "How long the oldest due message of a lane waits",
      ofLane((lane) => lane.oldestSeconds),
    ],
    [
      "messagesender_lane_held",
      "Whether a lane is held back",
      ofLane((lane) => (lane.heldReason === null ? 0 : 1)),
    ],
    [
      "messagesender_pool_connections",
      "Connections of a process to the database",
      ofPool((one) => one.connections),
    ],
    ["messagesender_pool_busy", "Those of them that work now", ofPool((one) => one.busy)],
    [
      "messagesender_disk_free_bytes",
      "Room on the disk of the data folder",
      disk ? [{ value: disk.freeBytes }] : [],
    ],
    [
      "messagesender_disk_size_bytes",
      "Size of the disk of the data folder",
      disk ? [{ value: disk.totalBytes }] : [],
    ],
    [
      "messagesender_backup_problem",
      "Whether the last attempt at a backup failed",
      backup.isOn ? [{ value: backup.problem === null ? 0 : 1 }] : [],
    ],
  ];
}
