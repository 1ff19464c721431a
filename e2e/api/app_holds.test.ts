import { afterEach, beforeEach, expect, test } from "vitest";
import { type DeliveryStage, openDeliveryStage } from "../../modules/messaging/testing/delivery_stage.ts";
import type { StageContact, StagePage } from "../../modules/messaging/testing/pages.ts";
import { until } from "../../modules/std/testing.ts";

let stage: DeliveryStage;
let luna: StagePage;
let sol: StagePage;
let ann: StageContact;
let ben: StageContact;
let offers: number;

beforeEach(async () => {
  offers = 0;
  stage = await openDeliveryStage({
    async fetch(url, init) {
      if (url.includes("/messages")) offers += 1;
      return await fetch(url, init);
    },
  });
  luna = await stage.connectPage();
  sol = await stage.connectPage();
  [ann] = (await stage.addPeople(luna, 1)) as [StageContact];
  [ben] = (await stage.addPeople(sol, 1)) as [StageContact];
});
afterEach(() => stage.close());

const holds = async () => await stage.database.sql`select reason, holds::int4 from messaging.app_holds`;
const texts = async () => (await stage.sent()).map(({ text }) => text);
const fail = async (fault: object) => await stage.control("POST", "/faults", fault);

const proof = "Invalid appsecret_proof provided in the API argument";

test.each([
  ["a rejected proof", { code: 100, message: proof }, "Facebook rejects the app's secret"],
  ["code 4", { code: 4, status: 403 }, "Meta's rate limit for the whole app is reached"],
  ["code 17", { code: 17 }, "Meta's rate limit for the whole app is reached"],
])("%s holds all pages, fails no message, and causes one notification", async (_, fault, reason) => {
  await fail({ ...fault, pageId: luna.facebookId });
  stage.startWorker({ pollMs: 50, throttleSeconds: 1 });
  await stage.reply(luna, ann, "From Luna");
  await until("the hold", async () => (await holds()).length === 1);
  const offersBefore = offers;
  await stage.reply(sol, ben, "From Sol");
  await until("Luna to be tried again", async () => offers > offersBefore);
  const [second] = await holds();
  await stage.control("DELETE", "/faults");
  const settled = async () =>
    await stage.database.sql`select attempts::int4 from messaging.deliveries where state = 'sent'`;
  await until("both", async () => (await settled()).length === 2);
  await until("the hold to be forgotten", async () => (await holds()).length === 0);

  expect(second).toMatchObject({ reason });
  expect(await settled()).toEqual([{ attempts: 1 }, { attempts: 1 }]);
  expect((await texts()).toSorted()).toEqual(["From Luna", "From Sol"]);
});

test.each([
  [200, "The Meta app is not approved to message the public"],
  [3, "The Meta app lacks a required capability"],
  [10, "The Meta app has no permission for this on the page"],
])("code %s stops its page after one message, and no other page", async (code, reason) => {
  await fail({ code, pageId: luna.facebookId });
  const [, cleo = ann] = await stage.addPeople(luna, 2);
  stage.startWorker({ pollMs: 50, restrictedSeconds: 600 });
  await stage.reply(luna, ann, "First");
  await until("the page to be held", async () => {
    const [row] = await stage.database.sql`select status, status_reason as reason from messaging.pages
      where id = ${luna.pageId}`;
    return row?.status === "restricted" && row.reason === reason;
  });
  const offered = offers;
  await stage.database.sql`update messaging.pages set status = 'connected' where id = ${luna.pageId}`;
  await stage.reply(luna, cleo, "Second");
  await stage.reply(sol, ben, "From Sol");
  await until("the other page's", async () => (await texts()).includes("From Sol"));

  const rows = await stage.database.sql`select state, attempts::int4 from messaging.deliveries
    where page_id = ${luna.pageId}`;
  expect(rows).toEqual([
    { state: "queued", attempts: 0 },
    { state: "queued", attempts: 0 },
  ]);
  expect(offers).toBe(offered + 1);
});
