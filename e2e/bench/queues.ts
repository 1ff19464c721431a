/**
 * The same jobs that do nothing through our ledger, pg-boss, graphile-worker and BullMQ, each set up as its
 * documentation advises for many short jobs, on a durable Postgres (and a Redis that writes its log each second). Ours
 * does more for each: policy, pace, attempt and outcome of a message; its Meta answers at once in this process.
 *
 *     bun e2e/bench/queues.ts [--short]
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Queue, Worker } from "bullmq";
import { Logger, makeWorkerUtils, run, type TaskList } from "graphile-worker";
import { PgBoss } from "pg-boss";
import { freePort, migrate, openDatabase, startEmbeddedPostgres } from "#db";
import { type LiveEvent, createGraph, sealPageToken, startDelivery } from "#messaging";
import { createLocalLiveBus, systemClock } from "#std";
import { insertCampaign, insertContacts, insertPage, type StagePage } from "../support/delivery.ts";
import { waitFor } from "../support/product.ts";
import { postgresCpuMs } from "./support/postgres_cpu.ts";

const count = process.argv.includes("--short") ? 5_000 : 40_000;
const rounds = 3;
const directory = await mkdtemp(join(tmpdir(), "messagesender-bench-"));
await chmod(directory, 0o755);
const postgres = await startEmbeddedPostgres(directory);
await migrate(postgres.url);
const database = openDatabase(postgres.url, { max: 16 });
const { sql } = database;

/** From the moment at which all jobs wait until all are done. */
interface Contender {
  name: string;
  fill(): Promise<void>;
  work(): Promise<void>;
}

async function measure({ name, fill, work }: Contender): Promise<void> {
  let perSecond = 0;
  let processUs = Number.POSITIVE_INFINITY;
  let postgresUs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    await fill();
    await sql`checkpoint`;
    const postgresBefore = (await postgresCpuMs(sql)) ?? Number.NaN;
    const before = process.cpuUsage();
    const startedAt = performance.now();
    await work();
    const seconds = (performance.now() - startedAt) / 1000;
    const used = process.cpuUsage(before);
    perSecond = Math.max(perSecond, count / seconds);
    processUs = Math.min(processUs, (used.user + used.system) / count);
    // Connections that were closed just now are counted when Postgres has seen their end.
    await Bun.sleep(300);
    const postgresAfter = (await postgresCpuMs(sql)) ?? Number.NaN;
    postgresUs = Math.min(postgresUs, ((postgresAfter - postgresBefore) * 1000) / count);
  }
  process.stdout.write(
    `${name.padEnd(18)}${Math.round(perSecond).toString().padStart(8)} a second   process ${Math.round(processUs)} µs   Postgres ${Math.round(postgresUs)} µs\n`,
  );
}

/** Counts jobs; resolves when the last one came. */
function countdown() {
  let left = count;
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    done: promise,
    one() {
      left -= 1;
      if (left === 0) resolve();
    },
  };
}

async function ours(): Promise<Contender> {
  const keyring = { keys: [{ id: "bench", key: randomBytes(32) }] };
  const workspaceId = crypto.randomUUID();
  const pages: StagePage[] = [];
  for (let n = 0; n < 20; n += 1) {
    const facebookId = `3000${n}`;
    const token = sealPageToken(keyring, facebookId, `EAAG${n}`);
    const page = await insertPage({ sql }, facebookId, token, workspaceId);
    pages.push(page);
    const psids = Array.from({ length: count / 20 }, (_, i) => `${facebookId}${i}`);
    await insertContacts({ ...database, url: postgres.url }, page, psids);
  }
  // No Meta here limits anything.
  await sql`alter table messaging.paces drop constraint paces_limit`;
  await sql`update messaging.paces set limit_per_second = 100000`;
  let mids = 0;
  const graph = createGraph({
    baseUrl: "http://meta.test",
    version: "v25.0",
    appId: "1",
    appSecret: "s",
    clock: systemClock,
    async fetch() {
      mids += 1;
      return Response.json({ recipient_id: "1", message_id: `m_${mids}` });
    },
  });
  const on = {
    ...database,
    graph,
    keyring,
    live: createLocalLiveBus<LiveEvent>(),
    config: { appUrl: "https://host.test" },
  };
  let campaignId = "";
  return {
    name: "ours",
    async fill() {
      campaignId = await insertCampaign(database, pages);
    },
    async work() {
      const worker = startDelivery(on);
      await waitFor(
        async () =>
          (
            await sql`select from messaging.deliveries where campaign_id = ${campaignId} and state <> 'sent' limit 1`
          ).length === 0,
        300_000,
      );
      await worker.stop();
    },
  };
}

/** Fetching in batches, without a pause while batches are full. */
async function pgBoss(): Promise<Contender & { close(): Promise<void> }> {
  const boss = new PgBoss(postgres.url);
  boss.on("error", (error) => process.stderr.write(`${error}\n`));
  await boss.start();
  await boss.createQueue("noop");
  return {
    name: "pg-boss",
    async fill() {
      for (let n = 0; n < count; n += 1_000)
        await boss.insert(
          "noop",
          Array.from({ length: 1_000 }, (_, i) => ({ data: { n: n + i } })),
        );
    },
    async work() {
      const jobs = countdown();
      const options = { batchSize: 200, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 };
      await boss.work("noop", options, async (batch) => {
        for (let n = 0; n < batch.length; n += 1) jobs.one();
      });
      await jobs.done;
      await boss.offWork("noop", { wait: true });
    },
    close: () => boss.stop({ graceful: false }),
  };
}

async function graphileWorker(): Promise<Contender & { close(): Promise<void> }> {
  const logger = new Logger(() => () => undefined);
  const utils = await makeWorkerUtils({ connectionString: postgres.url, logger });
  await utils.migrate();
  return {
    name: "graphile-worker",
    async fill() {
      await utils.withPgClient((client) =>
        client.query(
          `select graphile_worker.add_jobs(array(
             select row('noop', json_build_object('n', n), null, null, null, null, null, null)::graphile_worker.job_spec
             from generate_series(1, $1::int) n))`,
          [count],
        ),
      );
    },
    async work() {
      const jobs = countdown();
      const taskList: TaskList = { noop: async () => jobs.one() };
      const runner = await run({
        connectionString: postgres.url,
        logger,
        noHandleSignals: true,
        taskList,
        preset: {
          worker: {
            concurrentJobs: 24,
            maxPoolSize: 25,
            localQueue: { size: 500 },
            completeJobBatchDelay: 0,
            failJobBatchDelay: 0,
          },
        },
      });
      await jobs.done;
      await runner.stop();
    },
    close: async () => utils.release(),
  };
}

async function bullMq(port: number): Promise<Contender & { close(): Promise<void> }> {
  const connection = { host: "127.0.0.1", port, maxRetriesPerRequest: null };
  const queue = new Queue("noop", { connection, defaultJobOptions: { removeOnComplete: true } });
  return {
    name: "BullMQ",
    async fill() {
      for (let n = 0; n < count; n += 1_000)
        await queue.addBulk(Array.from({ length: 1_000 }, (_, i) => ({ name: "noop", data: { n: n + i } })));
    },
    async work() {
      const jobs = countdown();
      const worker = new Worker("noop", async () => jobs.one(), { connection, concurrency: 100 });
      await jobs.done;
      await worker.close();
    },
    close: () => queue.close(),
  };
}

async function startRedis(): Promise<{ port: number; child: ChildProcess }> {
  const port = await freePort();
  const settings = ["--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction"];
  const child = spawn("redis-server", ["--port", String(port), "--bind", "127.0.0.1", ...settings], {
    stdio: "ignore",
    cwd: directory,
  });
  return { port, child };
}

const redis = await startRedis();
try {
  await measure(await ours());
  for (const open of [pgBoss, graphileWorker, () => bullMq(redis.port)]) {
    const contender = await open();
    await measure(contender);
    await contender.close();
  }
} finally {
  redis.child.kill("SIGTERM");
  await database.close();
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}
process.exit();
