import { afterEach, beforeEach, expect, test } from "vitest";
import { type DeliveryStage, openDeliveryStage, until } from "../support/delivery.ts";

let stage: DeliveryStage;

beforeEach(async () => {
  stage = await openDeliveryStage();
});

afterEach(async () => {
  await stage.close();
});

test("a reply leaves within milliseconds, as RESPONSE with the attempt id in its metadata", async () => {
  const page = await stage.connectPage();
  const [ann] = await stage.addPeople(page, 1);
  if (!ann) throw new Error("no contact");
  stage.startWorker({ pollMs: 30_000 });
  await Bun.sleep(200);

  const startedAt = performance.now();
  const messageId = await stage.reply(page, ann, "Yes, it is!");
  await until("sent", async () => (await stage.status(page, messageId))?.state === "sent");
  const tookMs = performance.now() - startedAt;

  const [sent] = await stage.sent();
  const [row] = await stage.database.sql`select d.attempt_id, m.mid from messaging.deliveries d
    join messaging.messages m on m.id = d.message_id where d.message_id = ${messageId}`;
  expect(sent).toMatchObject({ psid: ann.psid, text: "Yes, it is!", messagingType: "RESPONSE" });
  expect(sent?.tag).toBeUndefined();
  expect(row).toMatchObject({ attempt_id: sent?.metadata, mid: sent?.mid });
  expect(tookMs).toBeLessThan(1_000);
});
