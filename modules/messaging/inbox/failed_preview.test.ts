import { afterAll, beforeAll, expect, test } from "vitest";
import { createLocalLiveBus } from "#std";
import { until } from "../../std/testing.ts";
import { type Ledger, openLedger } from "../testing/ledger.ts";
import { playMeta } from "../testing/played_meta.ts";
import { retryReply } from "../delivery/send_reply.ts";
import { listConversations } from "./conversations.ts";
import type { LiveEvent } from "../live_event.ts";

let on: Ledger;
beforeAll(async () => {
  on = await openLedger();
});
afterAll(() => on.close());

test("listConversations() marks a failed last message until it is resent, once by two concurrent retries", async () => {
  const { page, contacts } = await on.makePage(1);
  const [contact] = contacts;
  if (!contact) throw new Error("Cannot test: nobody is there");
  const read = async () =>
    (
      await listConversations({ sql: on.sql, clock: Date.now }, page.workspaceId, {
        me: page.userId,
        status: "all",
      })
    ).items[0]?.preview;
  const states = async () => (await on.sql`select state from messaging.deliveries`).map(({ state }) => state);
  await on.reply(page, contact, "Your order left");
  expect(await read()).toEqual({ text: "Your order left", direction: "out", isFailed: false });

  const refusing = on.startWorker(playMeta(() => "refuse"));
  await until("failed", async () => (await states())[0] === "failed").finally(() => refusing.stop());
  expect(await read()).toMatchObject({ direction: "out", isFailed: true });

  const [message] = await on.sql`select id from messaging.messages`;
  const deps = {
    ...on,
    live: createLocalLiveBus<LiveEvent>(),
    wakeDelivery: () => undefined,
    config: { appUrl: "" },
  };
  const again = {
    workspaceId: page.workspaceId,
    conversationId: contact.id,
    messageId: message?.id,
    by: { userId: page.userId },
  };
  const tries = await Promise.allSettled([retryReply(deps, again), retryReply(deps, again)]);
  expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await read()).toMatchObject({ isFailed: false });

  const meta = playMeta();
  const worker = on.startWorker(meta);
  await until("sent", async () => (await states())[0] === "sent").finally(() => worker.stop());
  expect(meta.accepted).toHaveLength(1);
});
