/**
 * A campaign under failures of all parts, checked at Meta and in the ledger. `bun run chaos` is the long form: the
 * real worker with its real times, 10,000 recipients on 20 pages.
 */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, onTestFailed, test } from "vitest";
import { addPeople, type ChaosPerson } from "../support/chaos_contacts.ts";
import { connectFleetPage, type Fleet, openWorkspace, startFleet } from "../support/fleet.ts";
import { type ApiClient, simulatorCall, waitFor } from "../support/product.ts";

const isLong = process.env.CHAOS === "long";
const form = isLong
  ? { pages: 20, people: 500, redisMs: 20_000, hangMs: 30_000, hangs: 6, endMs: 900_000 }
  : { pages: 6, people: 250, redisMs: 5_000, hangMs: 2_500, hangs: 4, endMs: 90_000 };
/** A low limit of Meta, so that it takes long enough for many failures. */
const limit = 24;
const text = "Fresh beans are here";
/** A message claimed before a stop may still be sent this much later. */
const stopMs = 1_000;

interface Page {
  facebookId: string;
  pageId: string;
}
interface Sent {
  psid: string;
  text: string | null;
  at: number;
}

let fleet: Fleet;
let api: ApiClient;
let workspaceId: string;
let pages: Page[];
let people: ChaosPerson[];
beforeAll(async () => {
  const worker = fileURLToPath(new URL("../support/quick_worker.ts", import.meta.url));
  fleet = await startFleet({ workers: 2, ...(isLong ? {} : { worker }) });
  ({ api, workspaceId } = await openWorkspace(fleet));
  pages = [];
  people = [];
  for (let n = 0; n < form.pages; n += 1) {
    const page = await connectFleetPage(fleet, { api, workspaceId });
    pages.push(page);
    people.push(...(await addPeople(fleet, page, form.people)));
  }
  await fleet.database.sql`update messaging.paces set limit_per_second = ${limit} where kind = 'text'`;
  await meta("PATCH", "switches", { latencyMs: 30, limits: { textPerSecond: limit } });
}, 180_000);
afterAll(() => fleet?.stop());

const meta = <T = Record<string, unknown>>(method: string, path: string, body?: unknown) =>
  simulatorCall<T>(fleet.simulator, method, path, body);

/** The campaign's messages accepted by Meta. */
async function accepted(): Promise<Sent[]> {
  const { messages } = await meta<{ messages: Sent[] }>("GET", "sent?limit=100000");
  return messages.filter((message) => message.text === text);
}

async function reached(share: number): Promise<void> {
  const wanted = people.length * share;
  await waitFor(
    async () => (await meta<{ total: number }>("GET", "sent?limit=0")).total >= wanted,
    form.endMs,
    `${share} of all to be sent`,
  );
}

async function failAtMeta(): Promise<void> {
  const [, throttled, appThrottled, , failing, broken] = pages.map((page) => page.facebookId);
  const faults = [
    { pageId: throttled, code: 613, count: 3 },
    { pageId: appThrottled, code: 4, status: 403, count: 2 },
    { pageId: failing, code: 2, status: 500, count: 6 },
    { pageId: failing, kind: "html", status: 502, count: 2 },
    { pageId: broken, kind: "reset", when: "before", count: 4 },
    { pageId: broken, kind: "reset", when: "after", count: 4 },
    { pageId: broken, kind: "hang", ms: form.hangMs, count: form.hangs },
  ];
  for (const fault of faults) await meta("POST", "faults", fault);
}

async function loseTokenOf(page: Page): Promise<void> {
  await meta("PATCH", `pages/${page.facebookId}`, { tokenDeath: 460 });
  const { sql } = fleet.database;
  await waitFor(
    async () =>
      (await sql`select from messaging.pages where id = ${page.pageId} and status = 'token_dead'`).length > 0,
    30_000,
    "the page to be marked",
  );
  await Bun.sleep(1_000);
  await meta("PATCH", `pages/${page.facebookId}`, { tokenDeath: null });
  await connectFleetPage(fleet, { api, workspaceId }, page.facebookId);
}

/** Contacts write STOP; resolves when the last one is stored. */
async function stopSome(): Promise<number> {
  const psids = people.filter(({ kind }) => kind === "stops").map(({ psid }) => psid);
  for (const psid of psids) await meta("POST", `persons/${psid}/write`, { text: "STOP" });
  const { sql } = fleet.database;
  await waitFor(
    async () =>
      (await sql`select from messaging.contacts where psid = any(${psids}::text[]) and subscribed`).length ===
      0,
    30_000,
    "all STOP messages to be processed",
  );
  return Date.now();
}

async function killWorker(n: number): Promise<void> {
  await fleet.killWorker(n);
  await Bun.sleep(500);
  fleet.startWorker(n);
}

async function loseRedis(): Promise<void> {
  await fleet.redis.cut();
  await Bun.sleep(form.redisMs);
  await fleet.redis.mend();
}

interface Campaign {
  id: string;
  status: string;
  statusReason: string | null;
  counts: Record<string, number>;
}
const read = async (id: string) =>
  (await api.get<{ campaign: Campaign }>(`/workspaces/${workspaceId}/campaigns/${id}`)).campaign;

test(
  "a campaign reaches every allowed contact once, under any failures",
  { timeout: form.endMs + 60_000 },
  async () => {
    onTestFailed(() => void process.stderr.write(fleet.log()));
    await failAtMeta();
    const { campaign: made } = await api.post<{ campaign: Campaign }>(
      `/workspaces/${workspaceId}/campaigns`,
      {
        name: "Beans",
        kind: "window",
        audience: { all: true },
        content: { text },
        // Breakers have their own tests: none may stop this one.
        options: { canary: false, failurePercent: 100, optOutPercent: 100 },
      },
    );
    await api.post(`/workspaces/${workspaceId}/campaigns/${made.id}/launch`);

    await reached(0.05);
    const [, , , tokenPage] = pages;
    const mending = tokenPage ? loseTokenOf(tokenPage) : Promise.resolve();
    const heardAt = await stopSome();
    await reached(0.15);
    await killWorker(0);
    const redis = loseRedis();
    await reached(0.35);
    await killWorker(1);
    await reached(0.5);
    await fleet.crashPostgres();
    await reached(0.65);
    await killWorker(0);
    await Promise.all([mending, redis]);
    await waitFor(
      async () => ["completed", "paused"].includes((await read(made.id)).status),
      form.endMs,
      "the campaign to end",
    );

    const campaign = await read(made.id);
    expect(campaign.status, campaign.statusReason ?? "").toBe("completed");
    const sent = await accepted();
    const { sql } = fleet.database;
    const rows = await sql<{ psid: string; state: string; reason: string | null }[]>`
      select psid, state, reason from messaging.deliveries where campaign_id = ${made.id}`;

    // At Meta.
    const got = Map.groupBy(sent, ({ psid }) => psid);
    const kindOf = new Map(people.map(({ psid, kind }) => [psid, kind]));
    const without = (kind: string) => people.filter((one) => one.kind === kind && got.has(one.psid));
    expect([...got.values()].filter((all) => all.length > 1)).toEqual([]);
    const endings = new Map(rows.map((row) => [row.psid, row]));
    const lost = people.filter(({ psid, kind }) => kind === "reachable" && !got.has(psid));
    expect(lost.map(({ psid }) => endings.get(psid))).toEqual([]);
    expect(without("outside_window")).toEqual([]);
    expect(without("closed_at_meta")).toEqual([]);
    expect(without("blocked")).toEqual([]);
    expect(without("opted_out")).toEqual([]);
    expect(sent.filter(({ psid, at }) => kindOf.get(psid) === "stops" && at > heardAt + stopMs)).toEqual([]);
    const stats = await meta<{ arrivedPerSecond: Record<string, number> }>("GET", "sent/stats");
    const fullest = Math.max(...Object.values(stats.arrivedPerSecond));
    expect(fullest).toBeLessThanOrEqual(limit);
    expect(fullest).toBeGreaterThan(limit / 2);

    // In the ledger.
    const ledger = { sent: 0, failed: 0, skipped: 0, cancelled: 0 };
    const counted = Object.fromEntries(
      [...Map.groupBy(rows, ({ state }) => state)].map(([state, all]) => [state, all.length]),
    );
    expect(campaign.counts).toMatchObject({ ...ledger, ...counted, queued: 0, sending: 0, unknown: 0 });
    expect(rows.length).toBe(people.length);
    const { planned, failed = 0, skipped = 0, cancelled = 0 } = campaign.counts;
    expect(planned).toBe(sent.length + failed + skipped + cancelled);
    expect(counted.sent).toBe(sent.length);
  },
);
