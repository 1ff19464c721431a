import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Connected,
  connectPage,
  type Product,
  simulatorCall,
  startProduct,
  waitFor,
} from "../support/product.ts";

const replyCount = 500;
const people = 50;
const kills = 2;

let product: Product;
let connected: Connected;
beforeAll(async () => {
  product = await startProduct();
  connected = await connectPage(product);
  // As fast as Meta allows: a new page is slower.
  await product.database.sql`update messaging.paces set limit_per_second = 300 where kind = 'text'`;
});
afterAll(() => product.stop());

interface Sent {
  total: number;
  messages: { text: string | null; psid: string }[];
}

test("kill -9 during 500 replies: every reply reached Meta exactly once", { timeout: 300_000 }, async () => {
  const { api, workspaceId, facebookPageId } = connected;
  const { psids } = await simulatorCall<{ psids: string[] }>(product.simulator, "POST", "persons", {
    pageId: facebookPageId,
    count: people,
  });
  await Promise.all(
    psids.map((psid) =>
      simulatorCall(product.simulator, "POST", `persons/${psid}/write`, { text: "Hello?" }),
    ),
  );
  let conversations: { id: string }[] = [];
  await waitFor(
    async () => {
      const list = await api.get<{ items: { id: string }[] }>(
        `/workspaces/${workspaceId}/conversations?limit=100`,
      );
      conversations = list.items;
      return conversations.length === people;
    },
    20_000,
    "the conversations of all people",
  );
  await simulatorCall(product.simulator, "PATCH", "switches", { latencyMs: 30 });

  const waiting = Array.from({ length: replyCount }, (_, n) => n);
  let accepted = 0;
  async function sender(): Promise<void> {
    for (let n = waiting.shift(); n !== undefined; n = waiting.shift()) {
      const conversation = conversations[n % people];
      const response = await api
        .raw(
          "POST",
          `/workspaces/${workspaceId}/conversations/${conversation?.id}/messages`,
          { text: `reply ${n}` },
          {
            "idempotency-key": `reply-key-${n}`,
          },
        )
        .catch(() => null);
      if (response?.status === 202) accepted += 1;
      else {
        waiting.push(n);
        await Bun.sleep(50);
      }
    }
  }
  async function killer(): Promise<void> {
    for (let round = 1; round <= kills; round += 1) {
      await waitFor(() => accepted > (replyCount * round) / (kills + 1), 60_000, "replies to be accepted");
      await product.kill();
      await product.start();
    }
  }
  await Promise.all([killer(), ...Array.from({ length: 16 }, sender)]);

  await waitFor(
    async () => {
      const [open] = await product.database.sql`
        select count(*)::int as n from messaging.deliveries where state <> 'sent'`;
      return open?.n === 0;
    },
    180_000,
    "every delivery to be settled as sent",
  );
  const sent = await simulatorCall<Sent>(product.simulator, "GET", "sent");
  const texts = sent.messages.map((message) => message.text).toSorted();
  expect(texts).toEqual(Array.from({ length: replyCount }, (_, n) => `reply ${n}`).toSorted());
});
