import { afterAll, beforeAll, expect, test } from "vitest";
import { createLocalLiveBus } from "#std";
import { createTestDatabase, type TestDatabase } from "../../../db/testing.ts";
import { insertContacts, insertPage } from "../testing/pages.ts";
import { until } from "../../std/testing.ts";
import { sendReply } from "../delivery/send_reply.ts";
import { recordOwnEchoes } from "./record_echoes.ts";
import type { LiveEvent } from "../live_event.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.close();
});

test("recordOwnEchoes() waits for a result in progress without holding the message it writes next", async () => {
  const { sql } = database;
  const page = await insertPage(database, "1040001", "sealed");
  const [contact] = await insertContacts(database, page, ["9001"]);
  const attemptId = crypto.randomUUID();
  const { messageId } = await sendReply(
    {
      sql,
      live: createLocalLiveBus<LiveEvent>(),
      wakeDelivery: () => undefined,
      config: { appUrl: "https://app.example.com" },
    },
    {
      workspaceId: page.workspaceId,
      conversationId: contact?.id ?? "",
      by: { userId: page.userId },
      text: "hello",
      idempotencyKey: "echo-and-result",
    },
  );
  const [delivery] = await sql<{ id: string }[]>`
    update messaging.deliveries set state = 'sending', attempt_id = ${attemptId}, attempt_at = now() returning id`;
  const echo = {
    type: "message" as const,
    pageFacebookId: page.facebookId,
    psid: "9001",
    at: Date.now(),
    direction: "out" as const,
    kind: "message" as const,
    mid: "m_echo",
    text: "hello",
    content: null,
    replyToMid: null,
    attachments: [],
    appId: "1517776481860111",
    attempt: { id: attemptId, deliveryId: delivery?.id ?? "" },
    isStandby: false,
  };

  let echoed: Promise<unknown> | undefined;
  await sql.begin(async (tx) => {
    await tx`update messaging.deliveries set state = 'sent', settled_at = now()`;
    echoed = sql.begin((other) => recordOwnEchoes(other, [echo]));
    // Awaited below; its errors are not lost.
    echoed.catch(() => undefined);
    await until("the echo to wait", async () => {
      const [waiting] = await sql`select 1 as found from pg_locks
        where not granted and database = (select oid from pg_database where datname = current_database())
          or not granted and locktype = 'transactionid'`;
      return waiting !== undefined;
    });
    await tx`update messaging.messages set mid = 'm_echo' where id = ${messageId} and mid is null`;
  });
  await echoed;

  const [row] =
    await sql`select d.state, m.mid from messaging.deliveries d join messaging.messages m on m.id = d.message_id`;
  expect(row).toEqual({ state: "sent", mid: "m_echo" });
});
