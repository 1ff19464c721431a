import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  appSecret,
  type Connected,
  connectPage,
  type Product,
  simulatorCall,
  startProduct,
  waitFor,
} from "../support/product.ts";

let product: Product;
let connected: Connected;
beforeAll(async () => {
  product = await startProduct();
  connected = await connectPage(product);
});
afterAll(() => product.stop());

async function deliver(mid: string): Promise<number> {
  const id = connected.facebookPageId;
  const message = { mid, text: "Are you open today?" };
  const at = Date.now();
  const entry = [
    { id, time: at, messaging: [{ sender: { id: "7000001" }, recipient: { id }, timestamp: at, message }] },
  ];
  const body = JSON.stringify({ object: "page", entry });
  const signature = createHmac("sha256", appSecret).update(body).digest("hex");
  const response = await fetch(`${product.url}/api/v1/webhooks/facebook`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-hub-signature-256": `sha256=${signature}` },
    body,
    signal: AbortSignal.timeout(5_000),
  });
  return response.status;
}

test("slow reads on all API connections delay no webhook and no job", { timeout: 60_000 }, async () => {
  const { sql } = product.database;
  expect(await deliver("m_before")).toBe(200);
  const [conversation] = await sql<{ id: string }[]>`select id from messaging.conversations`;
  const path = `/workspaces/${connected.workspaceId}/conversations/${conversation?.id}/timeline`;
  const { persons } = await simulatorCall<{ persons: { psid: string }[] }>(
    product.simulator,
    "GET",
    `persons?pageId=${connected.facebookPageId}&limit=1`,
  );
  const [person] = persons;
  const locker = await sql.reserve();
  await locker`begin`;
  await locker`lock table messaging.notes in access exclusive mode`;

  const reads = Array.from({ length: 40 }, () => connected.api.raw("GET", path));
  const held = async () => {
    const [row] = await sql<{ n: number }[]>`
      select count(*)::int4 as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    return row?.n ?? 0;
  };
  await waitFor(async () => (await held()) >= 6, 20_000, "every connection to be held");
  const statuses = await Promise.all(Array.from({ length: 20 }, (_, n) => deliver(`m_while_${n}`)));
  // A new contact writes, and a job asks Meta for their name.
  await simulatorCall(product.simulator, "POST", `persons/${person?.psid}/write`, { text: "Hello" });
  const isNamed = async () =>
    (await sql`select from messaging.contacts where psid = ${person?.psid ?? ""} and name is not null`)
      .length > 0;
  await waitFor(isNamed, 10_000, "the name of who wrote");
  expect(await held()).toBeGreaterThanOrEqual(6);
  await locker`rollback`;
  locker.release();

  expect(statuses.filter((status) => status !== 200)).toEqual([]);
  expect((await Promise.all(reads)).filter((answer) => answer.status !== 200)).toEqual([]);
  const [row] = await sql`select count(*)::int4 as n from messaging.messages`;
  expect(row).toEqual({ n: 22 });
});
