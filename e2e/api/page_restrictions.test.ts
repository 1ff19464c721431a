import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";
import { until } from "../../modules/std/testing.ts";

let on: AppWithMeta;
let facebookId: string;
let pageId: string;

beforeAll(async () => {
  on = await openAppWithMeta();
});
afterAll(async () => {
  await on.close();
});
beforeEach(async () => {
  ({ facebookId, pageId } = await on.connectNewPage());
});

const card = async () => (await on.here("GET", `/pages/${pageId}`)).body.page;
const tell = async (body: object) => await on.control("POST", `/pages/${facebookId}/integrity`, body);
const inSeconds = (after: number) => Math.floor(Date.now() / 1_000) + after;

async function becomes(status: string): Promise<void> {
  await until(`the page to be ${status}`, async () => {
    const [row] = await on.database.sql`select status from messaging.pages where id = ${pageId}`;
    return row?.status === status;
  });
}

async function arrives(text: string): Promise<void> {
  await until(`"${text}" at Meta`, async () => JSON.stringify(await sent()).includes(text));
}

const sent = async () => (await on.control("GET", `/sent?pageId=${facebookId}`)).messages;

/** A reply that is accepted and not yet taken by a worker. */
async function queueReply(text: string): Promise<void> {
  const { conversationId } = await on.newWriter(facebookId);
  await on.database.sql`update messaging.lanes set held_until = clock_timestamp() + interval '1 s'
    where page_id = ${pageId}`;
  expect(await on.reply(conversationId, { text })).toMatchObject({ status: 202 });
}

test("a restriction of messages holds them until it expires, without an attempt", async () => {
  await queueReply("Waits for the end");
  const expiresAt = inSeconds(4);
  const restriction = { feature: "page_messaging_api", expiration_time: expiresAt };
  await tell({ status: "restricted", restrictions: [restriction] });
  await becomes("restricted");
  const held = await card();
  await becomes("connected");
  await arrives("Waits for the end");

  const [delivery] = await on.database
    .sql`select attempts::int4, attempt_at >= to_timestamp(${expiresAt}) as "isAfter" from messaging.deliveries
      where page_id = ${pageId}`;
  expect(held).toMatchObject({
    health: {
      restriction: expect.stringMatching(/^Meta restricts the page .* It ends on 20/),
      restrictions: [{ feature: "page_messaging_api", stopsMessages: true }],
    },
  });
  expect(delivery).toEqual({ attempts: 1, isAfter: true });
  expect(await card()).toMatchObject({ status: "connected", statusReason: null });
});

test("a restriction of posts shows a warning and stops no message", async () => {
  const { conversationId } = await on.newWriter(facebookId);
  await tell({ status: "restricted", restrictions: [{ feature: "page_publish" }] });
  await until("the warning", async () => JSON.stringify(await card()).includes("publish posts"));
  await on.reply(conversationId, { text: "Goes out" });
  await arrives("Goes out");

  expect(await card()).toMatchObject({
    status: "connected",
    health: {
      restriction: null,
      restrictions: [{ feature: "page_publish", stopsMessages: false, until: null }],
    },
  });
});

test.each(["check", "repair"])("%s checks with Meta again and releases a suspended page", async (how) => {
  await queueReply("Waits for Meta");
  await tell({ status: "suspended" });
  await becomes("restricted");
  const during = await on.here("POST", `/pages/${pageId}/${how}`);
  // Meta lifts it, and its event gets lost.
  await on.control("PATCH", `/pages/${facebookId}`, { subscribedFields: ["messages"] });
  await tell({ status: "ok" });
  const after = await on.here("POST", `/pages/${pageId}/${how}`);
  await arrives("Waits for Meta");

  expect(during.body.page).toMatchObject({ status: "restricted" });
  expect(after.body.page).toMatchObject({ status: "connected", health: { restriction: null } });
});
