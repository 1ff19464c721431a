/**
 * The other job queues of the bench `e2e/bench/queues.ts`, which installs their packages and starts this:
 *
 *     bun e2e/bench/queues/others.ts <address of Postgres> <port of Redis> <jobs>
 */
import { Queue, Worker } from "bullmq";
import { Logger, makeWorkerUtils, run, type TaskList } from "graphile-worker";
import { PgBoss } from "pg-boss";
import { type Contender, measureJobs } from "../support/measure_jobs.ts";

const [url = "", redisPort, jobCount] = process.argv.slice(2);
const count = Number(jobCount);

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

/** Fetching in batches, without a pause while batches are full. */
async function pgBoss(): Promise<Contender & { close(): Promise<void> }> {
  const boss = new PgBoss(url);
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
  const utils = await makeWorkerUtils({ connectionString: url, logger });
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
        connectionString: url,
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

async function bullMq(): Promise<Contender & { close(): Promise<void> }> {
  const connection = { host: "127.0.0.1", port: Number(redisPort), maxRetriesPerRequest: null };
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

for (const open of [pgBoss, graphileWorker, bullMq]) {
  const contender = await open();
  await measureJobs(url, count, contender);
  await contender.close();
}
process.exit();
