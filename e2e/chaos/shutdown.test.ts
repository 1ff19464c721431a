import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort } from "#db";
import {
  appSecret,
  type Connected,
  connectPage,
  type Product,
  simulatorCall,
  startProduct,
  waitFor,
} from "../support/product.ts";

const main = fileURLToPath(new URL("../../apps/server/main.ts", import.meta.url));
const people = 30;
/** `bun run chaos` waits the minute before Meta is asked; otherwise the test skips it. */
const isLong = process.env.CHAOS === "long";

let product: Product;
let connected: Connected;
let conversations: { id: string }[];
const others: ChildProcess[] = [];

beforeEach(async () => {
  product = await startProduct({ env: { DRAIN_SECONDS: "1" } });
  connected = await connectPage(product);
  // As fast as Meta allows: a new page is slower.
  await product.database.sql`update messaging.paces set limit_per_second = 300 where kind = 'text'`;
  const { psids } = await simulatorCall<{ psids: string[] }>(product.simulator, "POST", "persons", {
    pageId: connected.facebookPageId,
    count: people,
  });
  await Promise.all(
    psids.map((psid) =>
      simulatorCall(product.simulator, "POST", `persons/${psid}/write`, { text: "Hello?" }),
    ),
  );
  await waitFor(
    async () => {
      const list = await connected.api.get<{ items: { id: string }[] }>(
        `/workspaces/${connected.workspaceId}/conversations?limit=100`,
      );
      conversations = list.items;
      return conversations.length === people;
    },
    20_000,
    "the conversations of all people",
  );
});
afterEach(async () => {
  for (const child of others.splice(0)) {
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGTERM");
    await ended;
  }
  await product.stop();
});

/** Stops the server; returns its exit and duration. */
async function terminate(): Promise<{ readiness: number[]; seconds: number }> {
  const pid = product.pid();
  const startedAt = performance.now();
  const readiness: number[] = [];
  process.kill(pid, "SIGTERM");
  while (isAlive(pid)) {
    const answer = await fetch(`${product.url}/health/ready`).catch(() => null);
    if (answer) readiness.push(answer.status);
    await Bun.sleep(20);
  }
  return { readiness, seconds: (performance.now() - startedAt) / 1_000 };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A second server on the same database with another port. */
async function startAnother(): Promise<string> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  others.push(
    spawn(process.execPath, [main], { stdio: "ignore", env: { ...product.env, PORT: String(port) } }),
  );
  await waitFor(
    async () => (await fetch(`${url}/health/ready`).catch(() => null))?.ok === true,
    30_000,
    "the other server",
  );
  return url;
}

async function deliver(url: string, mid: string): Promise<boolean> {
  const at = Date.now();
  const body = JSON.stringify({
    object: "page",
    entry: [
      {
        id: connected.facebookPageId,
        time: at,
        messaging: [
          {
            sender: { id: String(7_000_000 + (at % 50)) },
            recipient: { id: connected.facebookPageId },
            timestamp: at,
            message: { mid, text: mid },
          },
        ],
      },
    ],
  });
  const signature = createHmac("sha256", appSecret).update(body).digest("hex");
  const answer = await fetch(`${url}/api/v1/webhooks/facebook`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-hub-signature-256": `sha256=${signature}` },
    body,
  }).catch(() => null);
  return answer?.status === 200;
}

async function reply(url: string, n: number): Promise<boolean> {
  const { workspaceId, accessToken } = connected;
  const conversation = conversations[n % people];
  const answer = await fetch(
    `${url}/api/v1/workspaces/${workspaceId}/conversations/${conversation?.id}/messages`,
    {
      method: "POST",
      headers: {
        authorization: `Bearer ${accessToken}`,
        "content-type": "application/json",
        "idempotency-key": `shutdown-key-${n}`,
      },
      body: JSON.stringify({ text: `reply ${n}` }),
    },
  ).catch(() => null);
  return answer?.status === 202;
}

const sentTexts = async () =>
  (
    await simulatorCall<{ messages: { text: string | null }[] }>(product.simulator, "GET", "sent")
  ).messages.map(({ text }) => text);
/** Meta has all that was on its way, none of it is known here, and the time to wait for echoes is over. */
async function passTheMinute(): Promise<void> {
  const { sql } = product.database;
  const unknown = async () => await sql`select 1 from messaging.deliveries where state = 'unknown'`;
  await waitFor(async () => (await sentTexts()).length === 5, 30_000, "Meta to take what was on its way");
  await waitFor(async () => (await unknown()).length === 5, 30_000, "the outcomes to be unknown");
  await sql`update messaging.deliveries set due_at = clock_timestamp() where state = 'unknown'`;
}
const everythingIsSent = async () => {
  const [open] = await product.database.sql`
    select count(*)::int4 as n from messaging.deliveries where state <> 'sent'`;
  return open?.n === 0;
};

test(
  "SIGTERM under load: readiness fails at once, nothing accepted is lost or sent twice, and another process continues",
  { timeout: 120_000 },
  async () => {
    const { sql } = product.database;
    await simulatorCall(product.simulator, "PATCH", "switches", { latencyMs: 150 });
    let urls = [product.url];
    const over = new AbortController();
    const stored: string[] = [];
    let replies = 0;
    let serial = 0;
    let turn = 0;
    // A small load balancer: a server without a response gets no more requests if there is another.
    const target = () => urls[(turn += 1) % urls.length] ?? product.url;
    async function events(): Promise<void> {
      while (!over.signal.aborted) {
        const mid = `m_shutdown_${(serial += 1)}`;
        if (await deliver(target(), mid)) stored.push(mid);
        else await Bun.sleep(20);
      }
    }
    async function replying(first: number): Promise<void> {
      for (let n = first; n < 400; n += 8) {
        while (!(await reply(target(), n))) await Bun.sleep(20);
        replies += 1;
      }
    }
    const load = [
      ...Array.from({ length: 16 }, events),
      ...Array.from({ length: 8 }, (_, first) => replying(first)),
    ];
    await waitFor(() => replies > 100 && stored.length > 500, 30_000, "the load");
    const holders = await sql<{ id: string }[]>`
      select distinct leased_by as id from messaging.paces where leased_by is not null`;
    const stopping = terminate();
    const another = await startAnother();
    urls = [another];
    const { readiness, seconds } = await stopping;
    const kept =
      await sql`select 1 from messaging.paces where leased_by = any(${holders.map(({ id }) => id)}::uuid[])`;
    await waitFor(() => replies === 400, 60_000, "all replies to be accepted");
    over.abort();
    await Promise.all(load);
    await waitFor(everythingIsSent, 20_000, "every reply to be sent");

    expect(holders.length).toBeGreaterThan(0);
    // Requests during the signal may still succeed.
    expect(readiness.indexOf(503)).toBeLessThan(3);
    expect(readiness.slice(readiness.indexOf(503))).toEqual(
      Array(readiness.filter((status) => status === 503).length).fill(503),
    );
    expect(readiness).toContain(503);
    expect(seconds).toBeLessThan(20);
    expect(kept).toHaveLength(0);
    const rows = await sql<{ mid: string; n: number }[]>`
      select mid, count(*)::int4 as n from messaging.messages where mid = any(${stored}::text[]) group by mid`;
    expect(rows).toHaveLength(stored.length);
    expect(rows.every(({ n }) => n === 1)).toBe(true);
    expect((await sentTexts()).toSorted()).toEqual(
      Array.from({ length: 400 }, (_, n) => `reply ${n}`).toSorted(),
    );
    // All calls in progress were awaited: none needed a lookup at Meta.
    const [unknown] = await sql`select count(*)::int4 as n from messaging.deliveries where unknowns > 0`;
    expect(unknown?.n).toBe(0);
    process.stdout.write(`stopped after ${seconds.toFixed(1)} s; ${stored.length} events\n`);
  },
);

test(
  "SIGTERM while Meta hangs: the process ends within 20 s, and each reply reaches Meta once",
  { timeout: 180_000 },
  async () => {
    await simulatorCall(product.simulator, "PATCH", "switches", {
      latencyMs: 25_000,
      // No echo reports their arrival.
      webhooks: { isPaused: true },
    });
    for (let n = 0; n < 5; n += 1) expect(await reply(product.url, n)).toBe(true);
    await waitFor(
      async () => {
        const [flying] = await product.database.sql`
        select count(*)::int4 as n from messaging.deliveries where state = 'sending'`;
        return flying?.n === 5;
      },
      10_000,
      "the replies to be on their way",
    );

    const { seconds } = await terminate();
    await simulatorCall(product.simulator, "PATCH", "switches", { latencyMs: 0 });
    await product.start();
    const startedAt = performance.now();
    if (!isLong) await passTheMinute();
    await waitFor(everythingIsSent, 90_000, "Meta to be asked what became of them");
    const known = (performance.now() - startedAt) / 1_000;

    process.stdout.write(
      `stopped after ${seconds.toFixed(1)} s, all known ${known.toFixed(1)} s after the start\n`,
    );
    expect(seconds).toBeLessThan(20);
    expect((await sentTexts()).toSorted()).toEqual(Array.from({ length: 5 }, (_, n) => `reply ${n}`));
  },
);
