import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";
import { until } from "../../modules/std/testing.ts";

let on: AppWithMeta;
let callbackUrl: string;

beforeAll(async () => {
  on = await openAppWithMeta();
  callbackUrl = `${on.url}/api/v1/webhooks/facebook`;
});
afterAll(async () => {
  await on.close();
});
beforeEach(async () => {
  await on.control("PATCH", "/switches", { app: { access: "advanced", unknownFields: [], roleholders: [] } });
  await on.control("PATCH", "/app", { callbackUrl, fields: ["messages"] });
});

const fix = (body: object = {}) => on.here("POST", "/pages/app-settings", body);
const settings = async () => (await on.here("GET", "/pages/app-settings")).body;

async function doctor(key: string): Promise<Record<string, unknown> | undefined> {
  const { body } = await on.here("GET", "/pages/doctor");
  const checks: Record<string, unknown>[] = Array.isArray(body.checks) ? body.checks : [];
  return checks.find((check) => String(check.key).startsWith(key));
}

test("fixAppSettings sets the app's fields, keeps those of other tools, and satisfies the doctor", async () => {
  await on.control("PATCH", "/app", { fields: ["messages", "leadgen"] });
  await on.control("PATCH", "/switches", { app: { unknownFields: ["send_cart"] } });
  const before = await doctor("subscription");

  const { status, body } = await fix();

  const { fields } = await on.control("GET", "/app");
  expect(before).toMatchObject({
    state: "warning",
    text: expect.stringMatching(/^The app does not receive message_echoes, .*feed$/),
    fix: { kind: "app-settings", replaces: null },
  });
  expect([status, body.differences]).toEqual([200, []]);
  expect(fields).toEqual(expect.arrayContaining(["messages", "message_echoes", "feed", "leadgen"]));
  expect(fields).not.toContain("send_cart");
  expect(await doctor("subscription")).toMatchObject({ state: "ok", fix: null });
});

test("fixAppSettings replaces another installation's URL only by name", async () => {
  const theirs = "https://staging.example.com/webhook";
  await on.control("PATCH", "/app", { callbackUrl: theirs });

  const shown = await doctor("subscription");
  const refused = await fix();
  const wrongly = await fix({ replaces: "https://other.example.com" });
  const untouched = await on.control("GET", "/app");
  const replaced = await fix({ replaces: theirs });

  expect(shown).toMatchObject({ state: "failed", fix: { replaces: theirs } });
  expect([refused.body.code, wrongly.body.code]).toEqual(["callback-elsewhere", "callback-elsewhere"]);
  expect(refused.body.detail).toContain(theirs);
  expect(untouched.callbackUrl).toBe(theirs);
  expect(replaced.body).toMatchObject({ callbackUrl, differences: [] });
});

test("fixAppSettings reports a server that Meta cannot reach, and changes nothing", async () => {
  const { appUrl } = on.system.config;
  on.system.config.appUrl = "http://localhost:9";

  const { status, body } = await fix({ replaces: callbackUrl });

  on.system.config.appUrl = appUrl;
  expect([status, body.code]).toEqual([422, "callback-unreachable"]);
  expect(await on.control("GET", "/app")).toMatchObject({ callbackUrl, fields: ["messages"] });
});

test("the daily check compares the app's settings and stores the differences", async () => {
  await fix();
  await on.control("PATCH", "/app", { fields: ["messages", "message_echoes"] });

  await on.database.sql`insert into jobs.jobs (kind, key, payload) values ('pages.check_all', 'all', '{}')
    on conflict (kind, key) do update set run_at = now()`;

  await until("the differences", async () => JSON.stringify(await settings()).includes("does not receive"));
  expect(await settings()).toMatchObject({
    checkedAt: expect.any(String),
    differences: [expect.stringContaining("messaging_postbacks")],
    version: { state: "ok", text: "Graph API v25.0, until 2028-07-29" },
  });
});

test("without a role in the app: a refused message shows that Meta limits the audience", async () => {
  const { facebookId, pageId } = await on.connectNewPage("Standard");
  const { conversationId } = await on.newWriter(facebookId);
  const before = (await on.here("GET", `/pages/${pageId}`)).body.page;
  await on.control("PATCH", "/switches", { app: { access: "standard" } });

  await on.reply(conversationId, { text: "Refused" });

  await until("the card to say so", async () => {
    const { page } = (await on.here("GET", `/pages/${pageId}`)).body;
    return JSON.stringify(page).includes("Messages reach only people with a role on the Meta app");
  });
  expect(before).toMatchObject({ health: { reach: { state: "unknown" } } });
  expect(await doctor(`reach:${pageId}`)).toMatchObject({
    state: "failed",
    text: expect.stringContaining("Publish the app, and request Advanced Access to pages_messaging"),
  });
});

test("without a role in the app: missed messages of Facebook's inbox appear with the next check", async () => {
  const { facebookId, pageId } = await on.connectNewPage("Unheard");
  const member = String((await on.control("POST", "/persons", { pageId: facebookId })).psid);
  const stranger = String((await on.control("POST", "/persons", { pageId: facebookId })).psid);
  await on.control("PATCH", "/switches", { app: { access: "standard", roleholders: [member] } });
  await on.control("POST", `/persons/${member}/write`, { text: "From the team" });
  await on.control("POST", `/persons/${stranger}/write`, { text: "From the public" });
  await until("the team's message", async () => {
    const rows = await on.database
      .sql`select from messaging.pages where id = ${pageId} and last_event_at is not null`;
    return rows.length === 1;
  });
  // An hour passes, and the page was connected long before.
  const { sql } = on.database;
  await sql`update messaging.pages set connected_at = now() - interval '2 days', last_event_at = now() - interval '1 day'
    where id = ${pageId}`;
  await on.control("POST", `/persons/${stranger}/age`, { hours: 1 });

  await on.here("POST", `/pages/${pageId}/check`);

  const warned = await until("the card to say so", async () => {
    const { page } = (await on.here("GET", `/pages/${pageId}`)).body;
    return JSON.stringify(page).includes("did not arrive here") ? page : undefined;
  });
  await on.control("POST", `/persons/${member}/write`, { text: "Heard again" });
  await until("the card to be calm again", async () => {
    const { page } = (await on.here("GET", `/pages/${pageId}`)).body;
    return !JSON.stringify(page).includes("did not arrive here");
  });
  expect(warned).toMatchObject({ status: "connected", health: { reach: { state: "warning" } } });
});
