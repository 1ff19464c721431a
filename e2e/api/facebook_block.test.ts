import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";
import { until } from "../../modules/std/testing.ts";

let on: AppWithMeta;
let facebookId: string;
let psid: string;
let id: string;
beforeAll(async () => {
  on = await openAppWithMeta();
  ({ facebookId } = await on.connectNewPage());
});
afterAll(() => on.close());
beforeEach(async () => {
  psid = String((await on.control("POST", "/persons", { pageId: facebookId, name: "Anna Keller" })).psid);
  await write("Hello");
  id = await until("the contact", async () => {
    const [row] = await on.database.sql<{ id: string }[]>`
      select v.id from messaging.conversations v join messaging.contacts c on c.id = v.id where c.psid = ${psid} and c.name is not null`;
    return row?.id;
  });
});

const write = (text: string) => on.control("POST", `/persons/${psid}/write`, { text });
const here = (method: string, path: string, body?: unknown) =>
  on.call(on.managerToken, method, `/workspaces/${on.workspaceId}${path}`, body);
const change = async (body: object) => (await here("PATCH", `/contacts/${id}`, body)).body.contact;
const isBlockedAtMeta = async () => (await on.control("GET", `/persons/${psid}`)).isBlockedByPage;

async function lines(): Promise<string[]> {
  const { body } = await here("GET", `/conversations/${id}/timeline`);
  const items = Array.isArray(body.items) ? body.items : [];
  return items.flatMap((item) =>
    item.type === "event" && item.event.kind.includes("block") ? [item.event.text] : [],
  );
}

test("a block reaches Facebook and silences the person there, and unblocking reverses both", async () => {
  const blocked = await change({ blocked: true, blockOnFacebook: true });
  await write("You do not hear me");
  const there = await isBlockedAtMeta();
  const said = await on.database.sql`
    select text from messaging.messages where conversation_id = ${id} and direction = 'in'`;
  const free = await change({ blocked: false });

  expect(blocked).toMatchObject({
    blocked: true,
    facebookBlock: { state: "blocked", by: { name: "here@example.com" }, error: null },
  });
  expect(there).toBe(true);
  expect(said).toEqual([{ text: "Hello" }]);
  expect(free).toMatchObject({ blocked: false, facebookBlock: null });
  expect(await isBlockedAtMeta()).toBe(false);
  expect((await lines()).toSorted()).toEqual([
    "Anna Keller is also blocked on Facebook",
    "Anna Keller is no longer blocked on Facebook",
    "here@example.com blocked Anna Keller",
    "here@example.com unblocked Anna Keller",
  ]);
});

test('the text "false" from Facebook is a failure: the contact stays blocked here with the reason, and can be retried', async () => {
  await on.control("PATCH", "/switches", { refuseModeration: true });
  const refused = await change({ blocked: true, blockOnFacebook: true });
  await on.control("PATCH", "/switches", { refuseModeration: false });
  const atMeta = await isBlockedAtMeta();
  const again = await change({ blocked: true, blockOnFacebook: true });

  expect(atMeta).toBe(false);
  expect(refused).toMatchObject({
    blocked: true,
    facebookBlock: {
      state: "block_wanted",
      error:
        "Cannot block this person on Facebook: Facebook refused without a reason. Try again, or use the page's inbox on Facebook",
    },
  });
  expect(again).toMatchObject({ blocked: true, facebookBlock: { state: "blocked", error: null } });
  expect(await isBlockedAtMeta()).toBe(true);
});

test("unblocking does not wait while Facebook is away, and the contact shows that Facebook still blocks", async () => {
  await change({ blocked: true, blockOnFacebook: true });
  await on.control("POST", "/faults", { path: "moderate_conversations", code: 2, status: 500, count: 1 });
  const half = await change({ blocked: false });
  const again = await change({ blocked: false });

  expect(half).toMatchObject({
    blocked: false,
    facebookBlock: { state: "unblock_wanted", error: expect.stringContaining("Meta does not respond") },
  });
  expect(again).toMatchObject({ blocked: false, facebookBlock: null });
  expect(await isBlockedAtMeta()).toBe(false);
});

test("a block on Facebook only, or by another workspace, is refused; a plain block does not call Facebook", async () => {
  const alone = await here("PATCH", `/contacts/${id}`, { blockOnFacebook: true });
  const foreign = await on.call(on.otherToken, "PATCH", `/workspaces/${on.workspaceId}/contacts/${id}`, {
    blocked: true,
    blockOnFacebook: true,
  });
  const plain = await change({ blocked: true });

  expect(alone).toMatchObject({ status: 422 });
  expect(foreign.status).toBe(404);
  expect(plain).toMatchObject({ blocked: true, facebookBlock: null });
  expect(await isBlockedAtMeta()).toBe(false);
});

test("a block cancels queued campaign and sequence messages, and updates their counts", async () => {
  const { sql } = on.database;
  const [campaign] = await sql<{ id: string }[]>`
    insert into messaging.campaigns (workspace_id, name, kind, status, audience, draft, launched_at, paused_from)
    values (${on.workspaceId}, 'Later', 'window', 'paused', '{"all": true}', '{}', now(), 'running') returning id`;
  const [sequence] = await sql<{ id: string }[]>`
    insert into messaging.campaigns (workspace_id, name, kind, status, audience, draft, launched_at, paused_from)
    values (${on.workspaceId}, 'Steps', 'sequence', 'paused', '{"all": true}', '{}', now(), 'running') returning id`;
  const [content] = await sql<{ id: string }[]>`
    insert into messaging.contents (workspace_id, message) values (${on.workspaceId}, '{"text": "Hi"}') returning id`;
  await sql`insert into messaging.deliveries (workspace_id, page_id, contact_id, psid, class, content_id, campaign_id,
      variant, state, due_at)
    select ${on.workspaceId}, page_id, id, psid, 'campaign', ${content?.id ?? null}, ${campaign?.id ?? null}, 0, 'queued',
      now() + interval '1 day' from messaging.contacts where id = ${id}`;
  await sql`insert into messaging.enrolments (workspace_id, campaign_id, contact_id, page_id, round, status, due_at)
    select ${on.workspaceId}, ${sequence?.id ?? null}, id, page_id, 1, 'active', now() + interval '1 day'
    from messaging.contacts where id = ${id}`;

  await change({ blocked: true });

  expect(
    await sql`select state, reason from messaging.deliveries where campaign_id = ${campaign?.id ?? null}`,
  ).toEqual([{ state: "skipped", reason: "blocked" }]);
  expect(await sql`select status, exit_reason from messaging.enrolments where contact_id = ${id}`).toEqual([
    { status: "exited", exit_reason: "blocked" },
  ]);
  expect(
    await sql`select counts from messaging.campaign_deltas where campaign_id = ${campaign?.id ?? null}`,
  ).toEqual([{ counts: { queued: -1, skipped: 1 } }]);
});
