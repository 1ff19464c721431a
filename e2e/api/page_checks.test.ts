import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
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
  await on.control("DELETE", "/faults");
  ({ facebookId, pageId } = await on.connectNewPage());
});

const atMeta = () => on.control("GET", `/pages/${facebookId}`);
const card = async () => (await on.here("GET", `/pages/${pageId}`)).body.page;

/** A day passes: the checks of all pages come due, and are waited for. */
async function checkAll(): Promise<void> {
  const { sql } = on.database;
  await sql`update jobs.jobs set run_at = now() where kind = 'pages.check_all'`;
  await until("the daily check to be planned again", async () => {
    const [row] = await sql`select 1 from jobs.jobs where kind = 'pages.check_all' and run_at > now()`;
    return row !== undefined;
  });
  await until("each page to be checked", async () => {
    const open = await sql`update jobs.jobs set run_at = least(run_at, now())
      where kind = 'page.check' and failed_at is null and leased_until is null returning 1`;
    const [row] = await sql`select 1 from jobs.jobs where kind = 'page.check' and failed_at is null`;
    return open.length === 0 && row === undefined;
  });
}

test("the daily check finds a dead token, marks the page, updates screens, and runs again in a day", async () => {
  const heard: unknown[] = [];
  const stop = on.system.live.subscribe(`workspace:${on.workspaceId}`, ({ name, data }) =>
    heard.push([name, "pageId" in data ? data.pageId : null]),
  );
  await on.control("PATCH", `/pages/${facebookId}`, { tokenDeath: 460 });

  await checkAll();
  stop();

  const [next] = await on.database.sql`select extract(epoch from run_at - now())::float8 / 3600 as hours
    from jobs.jobs where kind = 'pages.check_all'`;
  expect(await card()).toMatchObject({
    status: "token_dead",
    statusReason: expect.stringContaining("password"),
    health: { token: { state: "failed" } },
  });
  expect(heard).toContainEqual(["page", pageId]);
  expect(next?.hours).toBeGreaterThan(23);
  expect(next?.hours).toBeLessThanOrEqual(24);
});

test("a token accepted again heals the page at the next check, and queued messages are sent", async () => {
  const { conversationId } = await on.newWriter(facebookId);
  await on.control("PATCH", `/pages/${facebookId}`, { tokenDeath: 463 });
  const sent = await on.reply(conversationId, { text: "Waits for the token" });
  expect(sent.status).toBe(202);
  await until("the page to be marked", async () => {
    const [row] = await on.database.sql`select status from messaging.pages where id = ${pageId}`;
    return row?.status === "token_dead";
  });

  await on.control("PATCH", `/pages/${facebookId}`, { tokenDeath: null });
  await checkAll();

  await until("the reply at Meta", async () => {
    const { messages } = await on.control("GET", `/sent?pageId=${facebookId}`);
    return JSON.stringify(messages).includes("Waits for the token");
  });
  expect(await card()).toMatchObject({ status: "connected", statusReason: null });
});

test("the daily check resubscribes events that Meta dropped", async () => {
  await on.control("PATCH", `/pages/${facebookId}`, { subscribedFields: ["messages"] });

  await checkAll();

  expect(await atMeta()).toMatchObject({ subscribedFields: expect.arrayContaining(["message_echoes"]) });
  expect(await card()).toMatchObject({ health: { subscription: { state: "ok", missing: [] } } });
});

test("the daily check shows events that it may not resubscribe", async () => {
  await on.control("PATCH", `/pages/${facebookId}`, { subscribedFields: ["message_reads"] });
  dropScope("pages_manage_metadata");

  await checkAll();

  expect(await atMeta()).toMatchObject({ subscribedFields: ["message_reads"] });
  expect(await card()).toMatchObject({
    status: "connected",
    health: {
      scopes: { state: "failed", missing: ["pages_manage_metadata"] },
      subscription: { state: "failed", missing: expect.arrayContaining(["messages"]) },
    },
  });
});

test("a page whose profile the app may not read is connected and checked under its known name", async () => {
  dropScope("pages_read_engagement");
  const other = String((await on.control("POST", "/pages", { name: "Sol" })).id);
  const token = String((await on.control("GET", `/pages/${other}/token`)).token);

  await checkAll();
  const again = await on.here("POST", "/pages", {
    pageId: facebookId,
    accessToken: String((await on.control("GET", `/pages/${facebookId}/token`)).token),
  });
  const pasted = await on.here("POST", "/pages", { pageId: other, accessToken: token });

  expect(await card()).toMatchObject({ name: "Luna", status: "connected" });
  expect(again.body.page).toMatchObject({ name: "Luna", status: "connected" });
  expect(pasted.body.page).toMatchObject({ name: `Page ${other}`, status: "connected" });
});

/** The pages' owner revokes a permission in Facebook's settings. */
function dropScope(scope: string): void {
  for (const { grant } of on.simulator.state.users.values()) {
    if (!grant) continue;
    const { scopes } = grant;
    grant.scopes = scopes.filter((one) => one !== scope);
    onTestFinished(() => {
      grant.scopes = scopes;
    });
  }
}

test("a restriction stays while a queued message can show its end, and ends by Meta's status if there is none", async () => {
  const { sql } = on.database;
  const restrict = () =>
    sql`update messaging.pages set status = 'restricted', status_reason = 'By an answer' where id = ${pageId}`;
  const person = await on.control("POST", "/persons", { pageId: facebookId, text: "Hello" });
  const contact = await until("the contact", async () => {
    const [row] = await sql`select id, workspace_id from messaging.contacts
      where psid = ${String(person.psid)}`;
    return row;
  });
  await restrict();
  await sql`with content as (insert into messaging.contents (workspace_id, message)
      values (${contact.workspace_id}, '{"text":"Waits"}') returning id)
    insert into messaging.deliveries (workspace_id, page_id, contact_id, psid, class, content_id, state, due_at)
    select ${contact.workspace_id}, ${pageId}, ${contact.id}, ${String(person.psid)}, 'reply', content.id, 'queued',
      now() + interval '1 h' from content`;

  await checkAll();
  const waiting = await card();
  await sql`delete from messaging.deliveries where page_id = ${pageId}`;
  await on.control("PATCH", `/pages/${facebookId}`, { isRestricted: true });
  await checkAll();
  const byMeta = await card();
  await on.control("PATCH", `/pages/${facebookId}`, { isRestricted: false });
  await checkAll();

  expect(waiting).toMatchObject({ status: "restricted", statusReason: "By an answer" });
  expect(byMeta).toMatchObject({
    status: "restricted",
    statusReason: expect.stringContaining("Support Inbox"),
  });
  expect(await card()).toMatchObject({ status: "connected", statusReason: null });
});
