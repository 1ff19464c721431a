/**
 * A year of failures in a minute: while messages arrive, replies and a campaign are sent, each part goes away once.
 * `bun run chaos` is the long form: 200 events a second, Redis away for a minute, the real worker.
 */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, onTestFailed, test } from "vitest";
import { addPeople, type ChaosPerson } from "../support/chaos_contacts.ts";
import { connectFleetPage, type Fleet, openWorkspace, startFleet } from "../support/fleet.ts";
import { startLoad } from "../support/load.ts";
import { type ApiClient, apiClient, appSecret, owner, simulatorCall, waitFor } from "../support/product.ts";
import { openSmallDisk, type SmallDisk } from "../support/small_disk.ts";

const isLong = process.env.CHAOS === "long";
const form = isLong
  ? { perSecond: 200, repliesPerSecond: 5, people: 2_000, redisMs: 60_000, endMs: 600_000 }
  : { perSecond: 30, repliesPerSecond: 3, people: 200, redisMs: 4_000, endMs: 120_000 };
/** A low limit of Meta per page, so that the campaign lasts as long as the failures. */
const limit = 12;
const text = "Fresh beans are here";

let fleet: Fleet;
let disk: SmallDisk;
let api: ApiClient;
let workspaceId: string;
let people: ChaosPerson[];
let loadPage: string;
let conversation: string;
beforeAll(async () => {
  disk = await openSmallDisk(join(tmpdir(), `messagesender-disk-${process.pid}`), 64);
  const env = {
    BACKUP_KEY: "0123456789abcdef".repeat(4),
    BACKUP_TARGET: disk.directory,
    BACKUP_EVERY_MINUTES: "0",
  };
  const worker = fileURLToPath(new URL("../support/quick_worker.ts", import.meta.url));
  fleet = await startFleet({ workers: 2, env, ...(isLong ? {} : { worker }) });
  ({ api, workspaceId } = await openWorkspace(fleet));
  const place = { api, workspaceId };
  people = [];
  for (let n = 0; n < 2; n += 1)
    people.push(...(await addPeople(fleet, await connectFleetPage(fleet, place), form.people)));
  const page = await connectFleetPage(fleet, place);
  loadPage = page.facebookId;
  const { sql } = fleet.database;
  const [someone] = await addPeople(fleet, page, 5);
  const [contact] = await sql`select id from messaging.contacts where psid = ${someone?.psid ?? ""}`;
  conversation = `/api/v1/workspaces/${workspaceId}/conversations/${contact?.id}`;
  await sql`update messaging.paces set limit_per_second = ${limit} where kind = 'text'`;
  await meta("PATCH", "switches", { latencyMs: 30 });
}, 180_000);
afterAll(async () => {
  await fleet?.stop();
  await disk?.close();
});

const meta = <T = Record<string, unknown>>(method: string, path: string, body?: unknown) =>
  simulatorCall<T>(fleet.simulator, method, path, body);

/** The number of times each text reached each contact at Meta. */
async function atMeta(): Promise<Map<string, number>> {
  const { messages } = await meta<{ messages: { psid: string; text: string }[] }>("GET", "sent?limit=100000");
  const counts = new Map<string, number>();
  for (const sent of messages) {
    const name = sent.text === text ? sent.psid : sent.text;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

async function arrived(): Promise<Map<string, number>> {
  const rows = await fleet.database.sql<{ mid: string; n: number }[]>`
    select mid, count(*)::int4 as n from messaging.messages where mid like 'm\\_load\\_%' group by mid`;
  return new Map(rows.map(({ mid, n }) => [mid, n]));
}

const sentSoFar = async () => (await meta<{ total: number }>("GET", "sent?limit=0")).total;

/** Both directions move: so many seconds' worth of messages is stored, and something is sent. */
async function goesOn(seconds: number, when: string): Promise<void> {
  const [stored, sent] = [(await arrived()).size, await sentSoFar()];
  const wanted = stored + form.perSecond * seconds;
  await waitFor(async () => (await arrived()).size >= wanted, 60_000, `messages to be stored ${when}`);
  await waitFor(async () => (await sentSoFar()) > sent, 60_000, `something to be sent ${when}`);
}

/** Repeats like a person after "try again later". */
async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const [answer] = await Promise.allSettled([call()]);
    if (answer.status === "fulfilled") return answer.value;
    if (tries === 5) throw answer.reason;
    await Bun.sleep(1_000);
  }
}

async function replaceApi(): Promise<void> {
  await fleet.startApi(1);
  const startedAt = performance.now();
  await fleet.stopApi(0);
  expect(performance.now() - startedAt).toBeLessThan(20_000);
  await goesOn(1, "by the second api");
  await fleet.startApi(0);
}

async function killWorker(): Promise<void> {
  await fleet.killWorker(0);
  await goesOn(2, "by the other worker");
  fleet.startWorker(0);
}

async function restartPostgres(): Promise<void> {
  await fleet.crashPostgres();
  await goesOn(2, "after Postgres was away");
}

async function loseRedis(): Promise<void> {
  await fleet.redis.cut();
  const backAt = performance.now() + form.redisMs;
  while (performance.now() < backAt) await goesOn(1, "without Redis");
  await fleet.redis.mend();
  await goesOn(1, "after Redis was away");
}

async function fillBackups(): Promise<void> {
  const problem = async () =>
    (await patiently(() => api.get<{ backup: { problem: string | null } }>("/system/health"))).backup.problem;
  const metric = async () =>
    /^messagesender_backup_problem (\d)$/m.exec(await (await fetch(`${fleet.url}/metrics`)).text())?.[1];
  if (disk.isMounted) await disk.fill(32 * 1024);
  fleet.startBackup(disk.isMounted ? {} : { fileBlocks: 64 });

  await patiently(() => api.post("/system/backups"));
  await waitFor(async () => (await problem()) !== null, 60_000, "the backup to fail");
  expect(await problem()).toContain("the disk of BACKUP_TARGET is full");
  await waitFor(async () => (await metric()) === "1", 30_000, "the metric to say so");
  // The next automatic attempt has a short lease.
  await waitFor(async () => (await disk.list()).length === 0, 30_000, "no half backup to be left");
  await goesOn(1, "while backups have no room");

  await disk.clear();
  if (!disk.isMounted) {
    await fleet.stopBackup();
    fleet.startBackup();
  }
  await patiently(() => api.post("/system/backups"));
  const made = async () =>
    (await patiently(() => api.get<{ items: { name: string }[] }>("/system/backups"))).items;
  await waitFor(async () => (await made()).length > 0, 60_000, "a backup to be made");
  await waitFor(async () => (await problem()) === null, 10_000, "the problem to be gone");
  await waitFor(async () => (await metric()) === "0", 30_000, "the metric to say so");
  expect(await disk.list()).toEqual((await made()).map(({ name }) => name));
}

test(
  "under load an api is replaced, a worker killed, Postgres restarted, Redis away and the backups' disk full: nothing accepted is lost or sent twice",
  { timeout: form.endMs + 120_000 },
  async () => {
    onTestFailed(() => void process.stderr.write(fleet.log()));
    const { accessToken } = await apiClient(fleet.url, null).post<{ accessToken: string }>(
      "/auth/login",
      owner,
    );
    const { campaign } = await api.post<{ campaign: { id: string } }>(
      `/workspaces/${workspaceId}/campaigns`,
      {
        name: "Beans",
        kind: "window",
        audience: { all: true },
        content: { text },
        // Breakers must not stop this campaign.
        options: { canary: false, failurePercent: 100, optOutPercent: 100 },
      },
    );
    const load = startLoad({
      urls: fleet.urls,
      appSecret,
      page: loadPage,
      perSecond: form.perSecond,
      repliesPerSecond: form.repliesPerSecond,
      conversation,
      token: accessToken,
    });
    await api.post(`/workspaces/${workspaceId}/campaigns/${campaign.id}/launch`);
    await goesOn(1, "at first");

    await replaceApi();
    await killWorker();
    await restartPostgres();
    await loseRedis();
    await fillBackups();

    const { accepted, replied, refused } = await load.stop();
    const state = async () =>
      (await api.get<{ campaign: { status: string } }>(`/workspaces/${workspaceId}/campaigns/${campaign.id}`))
        .campaign.status;
    await waitFor(async () => (await state()) === "completed", form.endMs, "the campaign to end");
    await waitFor(
      async () =>
        (await atMeta())
          .keys()
          .filter((name) => name.startsWith("Reply "))
          .toArray().length >= replied.length,
      60_000,
      "all replies to be at Meta",
    );

    const stored = await arrived();
    const sent = await atMeta();
    const reachable = people.filter(({ kind }) => kind === "reachable" || kind === "stops");
    expect(stored.size).toBe(accepted);
    expect([...stored.values()].filter((times) => times !== 1)).toEqual([]);
    expect(replied.filter((reply) => sent.get(reply) !== 1)).toEqual([]);
    expect(reachable.filter(({ psid }) => sent.get(psid) !== 1)).toEqual([]);
    expect([...sent.values()].filter((times) => times !== 1)).toEqual([]);
    process.stdout.write(
      `${accepted} messages in, ${replied.length} replies and ${reachable.length} of a campaign out; ${refused.length} calls had to be repeated\n`,
    );
  },
);
