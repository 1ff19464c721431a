import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  appSecret,
  type Connected,
  connectPage,
  type Product,
  startProduct,
  waitFor,
} from "../support/product.ts";

const eventCount = 20_000;
const kills = 2;

let product: Product;
let connected: Connected;
beforeAll(async () => {
  product = await startProduct();
  connected = await connectPage(product);
});
afterAll(() => product.stop());

const mid = (n: number) => `m_kill_${String(n).padStart(6, "0")}`;

function body(n: number): string {
  const at = 1_763_971_200_000 + n;
  return JSON.stringify({
    object: "page",
    entry: [
      {
        id: connected.facebookPageId,
        time: at,
        messaging: [
          {
            sender: { id: String(7_000_000 + (n % 500)) },
            recipient: { id: connected.facebookPageId },
            timestamp: at,
            message: { mid: mid(n), text: `event ${n}` },
          },
        ],
      },
    ],
  });
}

async function deliver(n: number): Promise<boolean> {
  const payload = body(n);
  const signature = createHmac("sha256", appSecret).update(payload).digest("hex");
  const response = await fetch(`${product.url}/api/v1/webhooks/facebook`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-hub-signature-256": `sha256=${signature}` },
    body: payload,
    signal: AbortSignal.timeout(10_000),
  }).catch(() => null);
  return response?.status === 200;
}

async function stored(): Promise<Map<string, number>> {
  const rows = await product.database.sql<{ mid: string; n: number }[]>`
    select mid, count(*)::int as n from messaging.messages where mid like 'm\_kill\_%' group by mid`;
  return new Map(rows.map((row) => [row.mid, row.n]));
}

test(
  "kill -9 during 20,000 signed events: every event with a 200 is stored exactly once",
  { timeout: 240_000 },
  async () => {
    const waiting = Array.from({ length: eventCount }, (_, n) => n);
    const acknowledged = new Set<string>();
    let killed = 0;

    async function sender(): Promise<void> {
      for (let n = waiting.shift(); n !== undefined; n = waiting.shift()) {
        if (await deliver(n)) acknowledged.add(mid(n));
        else {
          // As Meta does: again later.
          waiting.push(n);
          await Bun.sleep(20);
        }
      }
    }
    async function killer(): Promise<void> {
      for (let round = 1; round <= kills; round += 1) {
        await waitFor(
          () => acknowledged.size > (eventCount * round) / (kills + 1),
          120_000,
          "events to be taken",
        );
        await product.kill();
        killed += 1;
        const safe = [...acknowledged];
        const found = await stored();
        expect(safe.filter((one) => !found.has(one))).toEqual([]);
        await product.start();
      }
    }
    await Promise.all([killer(), ...Array.from({ length: 64 }, sender)]);

    const found = await stored();
    expect(killed).toBe(kills);
    expect(acknowledged.size).toBe(eventCount);
    expect(found.size).toBe(eventCount);
    expect([...found.values()].every((n) => n === 1)).toBe(true);
    const [unread] = await product.database
      .sql`select sum(unread_count)::int as n from messaging.conversations`;
    expect(unread?.n).toBe(eventCount);
  },
);
