/**
 * The same jobs that do nothing through our ledger, pg-boss, graphile-worker and BullMQ, each set up as its
 * documentation advises for many short jobs, on a durable Postgres (and a Redis that writes its log each second). Ours
 * does more for each: policy, pace, attempt and outcome of a message; its Meta answers at once in this process.
 *
 *     bun e2e/bench/queues.ts [--short]
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, migrate, openDatabase, startEmbeddedPostgres } from "#db";
import { type LiveEvent, createGraph, startDelivery } from "#messaging";
import { sealPageToken } from "../../modules/messaging/testing/pages.ts";
import { createLocalLiveBus, systemClock } from "#std";
import { giveUp } from "../../ops/prepare.ts";
import { insertCampaign } from "../../modules/messaging/testing/insert_campaign.ts";
import { insertContacts, insertPage, type StagePage } from "../../modules/messaging/testing/pages.ts";
import { waitFor } from "../support/product.ts";
import { type Contender, measureJobs } from "./support/measure_jobs.ts";

const count = process.argv.includes("--short") ? 5_000 : 40_000;
// Nothing but this bench needs them: they are a package of their own, which no other command installs.
const others = `${import.meta.dir}/queues`;
const install = spawnSync(process.execPath, ["install", "--frozen-lockfile", "--cwd", others], {
  encoding: "utf8",
});
if (install.status !== 0) giveUp(`Cannot install the other queues: ${install.stderr}`);
const directory = await mkdtemp(join(tmpdir(), "messagesender-bench-"));
await chmod(directory, 0o755);
const postgres = await startEmbeddedPostgres(directory);
await migrate(postgres.url);
const database = openDatabase(postgres.url, { max: 16 });
const { sql } = database;

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
  await measureJobs(postgres.url, count, await ours());
  const args = [`${others}/others.ts`, postgres.url, String(redis.port), String(count)];
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
} finally {
  redis.child.kill("SIGTERM");
  await database.close();
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}
process.exit();
