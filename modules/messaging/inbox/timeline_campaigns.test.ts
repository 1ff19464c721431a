import { afterAll, beforeAll, expect, test } from "vitest";
import { createLocalLiveBus } from "#std";
import { insertCampaign } from "../testing/insert_campaign.ts";
import { until } from "../../std/testing.ts";
import { type Ledger, openLedger } from "../testing/ledger.ts";
import { playMeta } from "../testing/played_meta.ts";
import { sendReply } from "../delivery/send_reply.ts";
import { listMessages, readMessage, readTimeline } from "./timeline.ts";
import type { LiveEvent } from "../live_event.ts";

let on: Ledger;
beforeAll(async () => {
  on = await openLedger();
});
afterAll(() => on.close());

test("readTimeline() shows campaign messages in place, filled, with campaign name and status, and they can be quoted", async () => {
  const { page, contacts } = await on.makePage(1);
  const conversationId = contacts[0]?.id ?? "";
  await on.sql`update messaging.contacts set first_name = 'Ann'`;
  const say = (mid: string, age: string, text: string) =>
    on.sql`insert into messaging.messages (workspace_id, conversation_id, page_id, mid, direction, author_kind, text, sent_at)
      values (${page.workspaceId}, ${conversationId}, ${page.pageId}, ${mid}, 'in', 'contact', ${text}, now() - ${age}::interval)`;
  await say("m_1", "30 s", "Before");
  const message = {
    text: "Hi {{first_name}}",
    quick_replies: [{ content_type: "text", title: "Yes", payload: "Y" }],
  };
  const id = await insertCampaign(on, [page], { text: "Spring sale", message });
  const meta = playMeta();
  const worker = on.startWorker(meta);
  await until("sent", async () => (await on.ledgerOf(id)).sent === 1).finally(() => worker.stop());
  await say("m_2", "-5 s", "After");
  await insertCampaign(on, [page], { text: "never sent", status: "paused" });

  const { items } = await readTimeline({ ...on, graph: { appId: "1" } }, page.workspaceId, {
    conversationId,
  });
  const texts = items.map((item) => (item.type === "message" ? item.message.text : item.type));
  const sent = items.flatMap((item) =>
    item.type === "message" && item.message.direction === "out" ? [item.message] : [],
  )[0];
  expect(texts).toEqual(["After", "Hi Ann", "Before"]);
  expect(sent).toMatchObject({
    author: { kind: "automation", id, name: "Spring sale" },
    status: "sent",
    mid: meta.accepted[0]?.mid,
    content: { quick_replies: [{ title: "Yes" }] },
    error: null,
  });

  await on.sql`update messaging.conversations set read_until = now()`;
  const [first, second] = [
    await listMessages(on, page.workspaceId, { conversationId, limit: 2 }),
    await readMessage(on, page.workspaceId, { conversationId, messageId: sent?.id ?? "" }),
  ];
  expect(first.items.map(({ text }) => text)).toEqual(["After", "Hi Ann"]);
  expect(second.status).toBe("read");
  const rest = await listMessages(on, page.workspaceId, {
    conversationId,
    limit: 2,
    cursor: first.nextCursor ?? "",
  });
  expect(rest.items.map(({ text }) => text)).toEqual(["Before"]);

  const quoted = {
    workspaceId: page.workspaceId,
    conversationId,
    by: { userId: page.userId },
    text: "About this",
    replyToMid: sent?.mid ?? "",
    idempotencyKey: "quotation-1",
  };
  const deps = {
    ...on,
    live: createLocalLiveBus<LiveEvent>(),
    wakeDelivery: () => undefined,
    config: { appUrl: "" },
  };
  await expect(sendReply(deps, quoted)).resolves.toMatchObject({ isNew: true });
});
