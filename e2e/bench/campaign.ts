/**
 * Measures sending, with an api and a worker of the product in processes of their own on a durable Postgres, and a
 * stand-in for Meta that answers after 20 ms. Ratios are to bare keep-alive fetches to the same stand-in, in one run.
 *
 *     bun e2e/bench/campaign.ts [--short]
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { insertCampaign } from "../../modules/messaging/testing/insert_campaign.ts";
import type { StagePage } from "../../modules/messaging/testing/pages.ts";
import { waitFor } from "../support/product.ts";
import { epochMs } from "./support/epoch.ts";
import { fullestSecond, openOutboundStage, percentile, rateOf } from "./support/outbound_stage.ts";
import { postgresCpuMs, processCpuMs } from "./support/postgres_cpu.ts";

const isShort = process.argv.includes("--short");
const perPage = isShort ? 500 : 2_000;
const repliesInTurn = 150;
const turns = isShort ? 2 : 10;
const text = "Fresh beans are here";
const stage = await openOutboundStage();
const { fleet, sql } = stage;

const campaignTo = (pages: StagePage[]) => insertCampaign(fleet.database, pages, { text });
const workerWith = (settings: object) => fleet.startWorker(0, { BENCH_DELIVERY: JSON.stringify(settings) });
const say = (what: string, facts: Record<string, number>) =>
  process.stdout.write(
    `${what.padEnd(44)} ${Object.entries(facts)
      .map(([name, value]) => `${name} ${Number(value.toFixed(2))}`)
      .join("  ")}\n`,
  );

async function ofCampaign(): Promise<number[]> {
  const { all } = await stage.arrivals();
  return all.filter((one) => one.text === text).map(({ at }) => at);
}

async function came(count: number, what: string): Promise<void> {
  await waitFor(async () => (await stage.countArrivals()) >= count, 120_000, what);
}

interface Measured {
  perSecond: number;
  cpuUs: number;
}

interface Sent extends Measured {
  postgresUs: number;
  mostInFlight: number;
  meanInFlight: number;
}

async function bare(inFlight: number, count: number): Promise<Measured> {
  await stage.forget();
  const script = fileURLToPath(new URL("support/bare_sends.ts", import.meta.url));
  const child = Bun.spawn([process.execPath, script, stage.metaUrl, String(inFlight), String(count)], {
    env: { ...process.env, BUN_CONFIG_MAX_HTTP_REQUESTS: "2048" },
    stdout: "inherit",
    stderr: "inherit",
  });
  await child.exited;
  return {
    perSecond: rateOf(await ofCampaign()),
    cpuUs: Number(child.resourceUsage()?.cpuTime.total) / count,
  };
}

async function ours(pages: StagePage[]): Promise<Sent> {
  const count = pages.length * perPage;
  await stage.forget();
  // From when all wait until all are settled: planning them has a bench of its own.
  const campaignId = await campaignTo(pages);
  const startedAt = epochMs();
  const before = await cpuMs();
  await waitFor(() => stage.isOver(campaignId), 180_000, "everything to be sent and settled");
  const [end] = await sql<{ at: number }[]>`select (extract(epoch from max(settled_at)) * 1000)::float8 as at
    from messaging.deliveries where campaign_id = ${campaignId}`;
  const after = await cpuMs();
  const { mostInFlight, callMs } = await stage.arrivals();
  const { length } = await ofCampaign();
  if (length !== count) throw new Error(`Sent ${length} of ${count}`);
  const tookMs = (end?.at ?? 0) - startedAt;
  return {
    perSecond: (count * 1000) / tookMs,
    cpuUs: ((after.worker - before.worker) * 1000) / count,
    postgresUs: ((after.postgres - before.postgres) * 1000) / count,
    mostInFlight,
    meanInFlight: callMs / tookMs,
  };
}

/** Bare fetches and campaigns in turns, so that all meet the same neighbours; the best round of each counts. */
async function throughput(pages: StagePage[]): Promise<void> {
  const count = pages.length * perPage;
  workerWith({});
  const rounds: { few: Measured; many: Measured; ours: Sent; same: Measured }[] = [];
  for (let round = 0; round < 4; round += 1) {
    const [few, many, sent] = [await bare(200, count), await bare(500, count), await ours(pages)];
    // With as many in flight as ours had on average, which has more at times and less at others.
    const one = { few, many, ours: sent, same: await bare(Math.round(sent.meanInFlight), count) };
    say(`round ${round}`, {
      "bare, 200 in flight": one.few.perSecond,
      "bare, 500": one.many.perSecond,
      ours: one.ours.perSecond,
      "in flight on average": one.ours.meanInFlight,
      most: one.ours.mostInFlight,
      "bare, as many": one.same.perSecond,
    });
    rounds.push(one);
  }
  const best = (name: "few" | "many" | "ours" | "same") =>
    Math.max(...rounds.map((one) => one[name].perSecond));
  const least = (values: number[]) => Math.min(...values);
  say("best of each: ours to bare", {
    ours: best("ours"),
    "to as many": best("ours") / best("same"),
    "to 200": best("ours") / best("few"),
    "to 500": best("ours") / best("many"),
  });
  say("processor time of one message", {
    "worker µs": least(rounds.map((one) => one.ours.cpuUs)),
    "Postgres µs": least(rounds.map((one) => one.ours.postgresUs)),
    "bare fetch µs": least(rounds.map((one) => one.many.cpuUs)),
  });
  say("memory of the worker", { MB: await memoryMb("VmRSS"), "peak MB": await memoryMb("VmHWM") });
  await fleet.stopWorker(0);
  await settleDown();
}

async function cpuMs(): Promise<{ worker: number; postgres: number }> {
  return {
    worker: processCpuMs(fleet.pid("worker-0")) ?? Number.NaN,
    postgres: (await postgresCpuMs(sql)) ?? Number.NaN,
  };
}

async function memoryMb(field: "VmRSS" | "VmHWM"): Promise<number> {
  const status = await readFile(`/proc/${fleet.pid("worker-0")}/status`, "utf8");
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN) / 1024;
}

/** As if the worker had stopped in order: the next one need not wait for the end of its leases. */
async function settleDown(): Promise<void> {
  await sql`update messaging.paces set leased_by = null, leased_until = null`;
}

/** A page while there is enough to send, without the first and last second. */
async function useOfPage(withReplies: boolean): Promise<void> {
  await stage.forget();
  const pages = await stage.addPages(1, 300);
  const seconds = isShort ? 6 : 12;
  await stage.addPeople(pages, 240 * seconds);
  workerWith({});
  const campaignId = await campaignTo(pages);
  if (withReplies) await queueReplies(pages, 200 * seconds);
  await waitFor(() => stage.isOver(campaignId), 120_000, "the page's campaign to end");
  const { all } = await stage.arrivals();
  const times = all.map(({ at }) => at).toSorted((a, b) => a - b);
  const last = all.findLast((one) => one.text === (withReplies ? "a reply" : text))?.at ?? 0;
  const from = (times[0] ?? 0) + 1_000;
  const until = last - 1_000;
  const perSecond = (times.filter((at) => at > from && at < until).length * 1_000) / (until - from);
  const wanted = withReplies ? 300 : 240;
  say(withReplies ? "one page, campaign and replies" : "one page, campaign alone", {
    "per second": perSecond,
    "share of what it may use": perSecond / wanted,
    "fullest second": fullestSecond(times),
  });
  await fleet.stopWorker(0);
  await settleDown();
}

/** More replies than a campaign leaves room for, one to a person. */
async function queueReplies([page]: StagePage[], count: number): Promise<void> {
  if (!page) return;
  await sql`
    with content as (insert into messaging.contents (workspace_id, message)
        values (${stage.workspaceId}, '{"text": "a reply"}') returning id)
    insert into messaging.deliveries (workspace_id, page_id, contact_id, psid, class, content_id, by_user_id, state)
    select c.workspace_id, c.page_id, c.id, c.psid, 'reply', content.id, ${page.userId}, 'queued'
    from (select * from messaging.contacts where page_id = ${page.pageId} order by id desc limit ${count}) c, content`;
  await sql`update messaging.lanes set next_eligible_at = now() where page_id = ${page.pageId} and class = 'reply'`;
  await sql`select pg_notify('messaging_delivery', '')`;
}

async function pauseAndRestart(pages: StagePage[]): Promise<void> {
  await sql`update messaging.paces set limit_per_second = 100 where kind = 'text' and page_id = any(${pages.map(({ pageId }) => pageId)}::uuid[])`;
  workerWith({});
  await stage.forget();
  const campaignId = await campaignTo(pages);
  await came(2_000, "the campaign to run");
  const path = `/workspaces/${stage.workspaceId}/campaigns/${campaignId}`;
  const askedAt = epochMs();
  await stage.api.post(`${path}/pause`);
  const answeredAt = epochMs();
  await Bun.sleep(3_000);
  const last = Math.max(...(await ofCampaign()));
  say("pause", { "answer ms": answeredAt - askedAt, "last message after ms": last - askedAt });

  await stage.api.post(`${path}/resume`);
  await came((await stage.countArrivals()) + 1_000, "the campaign to go on");
  await fleet.killWorker(0);
  const killedAt = epochMs();
  workerWith({});
  // What its sockets still held arrives within this time.
  await Bun.sleep(500);
  await came((await stage.countArrivals()) + 1, "sending to go on");
  const next = (await ofCampaign()).find((at) => at > killedAt + 500) ?? Number.NaN;
  say("kill -9 and restart", { "sends again after s": (next - killedAt) / 1000 });
  await stage.api.post(`${path}/cancel`);
  const waits = () =>
    sql`select from messaging.deliveries where campaign_id = ${campaignId} and state = 'queued' limit 1`;
  await waitFor(async () => (await waits()).length === 0, 60_000, "the rest to be cancelled");
}

/** Milliseconds from the request to its arrival at Meta, of replies one after the other. */
async function wayOfReplies(page: StagePage): Promise<number[]> {
  await stage.forget();
  const people = await sql<{ id: string }[]>`select id from messaging.contacts
    where page_id = ${page.pageId} order by id desc limit ${repliesInTurn}`;
  const startedAt = new Map<string, number>();
  for (const [n, { id }] of people.entries()) {
    startedAt.set(`reply ${n}`, epochMs());
    const path = `/workspaces/${stage.workspaceId}/conversations/${id}/messages`;
    await stage.api.post(path, { text: `reply ${n}` }, { "idempotency-key": crypto.randomUUID() });
    await Bun.sleep(20);
  }
  const arrived = async () => (await stage.arrivals()).all.filter((one) => one.text.startsWith("reply "));
  await waitFor(async () => (await arrived()).length >= people.length, 30_000, "all replies to arrive");
  return (await arrived()).map((one) => one.at - (startedAt.get(one.text) ?? 0));
}

/**
 * Replies in short turns, while their page's campaign is paused and while it sends: what else happens on the machine
 * happens to both, and a hundredth of all turns together is more than a few replies.
 */
async function repliesBesideCampaign(pages: StagePage[]): Promise<void> {
  const [page] = pages;
  if (!page) return;
  await sql`update messaging.paces set limit_per_second = 300 where kind = 'text' and page_id = any(${pages.map(({ pageId }) => pageId)}::uuid[])`;
  await stage.addPeople([page], turns * 2_500);
  const campaignId = await campaignTo([page]);
  const changeState = async (how: "pause" | "resume") => {
    await stage.api.post(`/workspaces/${stage.workspaceId}/campaigns/${campaignId}/${how}`);
    await Bun.sleep(1_000);
  };
  await wayOfReplies(page);
  const idle: number[] = [];
  const beside: number[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    await changeState("pause");
    idle.push(...(await wayOfReplies(page)));
    await changeState("resume");
    beside.push(...(await wayOfReplies(page)));
    if (await stage.isOver(campaignId)) throw new Error("The campaign ended before the replies");
  }
  const all = { "replies, idle": idle, "replies, beside their page's campaign": beside };
  for (const [what, ms] of Object.entries(all))
    say(what, { count: ms.length, "p50 ms": percentile(ms, 0.5), "p99 ms": percentile(ms, 0.99) });
  say("beside to idle", {
    p50: percentile(beside, 0.5) / percentile(idle, 0.5),
    p99: percentile(beside, 0.99) / percentile(idle, 0.99),
  });
}

try {
  const pages = await stage.addPages(20, 5_000);
  await stage.addPeople(pages, perPage);
  await throughput(pages);
  await useOfPage(false);
  await useOfPage(true);
  await pauseAndRestart(pages);
  await repliesBesideCampaign(pages);
} catch (error) {
  process.stderr.write(fleet.log());
  throw error;
} finally {
  await stage.close();
}
