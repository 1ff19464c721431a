import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { deletePersons } from "#messaging";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";
import { until } from "../../modules/std/testing.ts";

let on: AppWithMeta;
let facebookId: string;
let token: string;

beforeAll(async () => {
  on = await openAppWithMeta();
});
afterAll(async () => {
  await on.close();
});
beforeEach(async () => {
  await on.control("DELETE", "/faults");
  facebookId = String((await on.control("POST", "/pages", { name: "Luna" })).id);
  token = String((await on.control("GET", `/pages/${facebookId}/token`)).token);
});

const path = () => `/workspaces/${on.workspaceId}`;

async function connect(): Promise<string> {
  const asked = { pageId: facebookId, accessToken: token };
  const { body } = await on.call(on.managerToken, "POST", `${path()}/pages`, asked);
  return String((body.page as { id: string }).id);
}

async function person(name: string): Promise<string> {
  return String((await on.control("POST", "/persons", { pageId: facebookId, name })).psid);
}

const act = (psid: string, what: string, body: object) =>
  on.control("POST", `/persons/${psid}/${what}`, body);

async function isRead(pageId: string): Promise<void> {
  await until("the history to be read", async () => {
    await on.database
      .sql`update jobs.jobs set run_at = now() where kind = 'page.history' and leased_until is null`;
    const [row] = await on.database.sql`select state from messaging.page_histories
      where page_id = ${pageId} and state <> 'reading'`;
    return row !== undefined;
  });
}

async function conversations(pageId: string) {
  return await on.database.sql<Record<string, unknown>[]>`
    select p.name, c.status, c.unread_count, c.preview_text, c.preview_direction, p.subscribed,
      p.last_inbound_at > now() - interval '24 h' as has_window,
      (select array_agg(m.direction || ' ' || coalesce(m.text, (select '[' || a.type || ']' from messaging.attachments a
        where a.message_id = m.id limit 1)) order by m.sent_at, m.id) from messaging.messages m
        where m.conversation_id = c.id) as said
    from messaging.conversations c join messaging.contacts p on p.id = c.id
    where c.page_id = ${pageId} order by p.name`;
}

test("history before the connection is imported: old and answered conversations resolved, nothing unread, no auto-reply", async () => {
  const ada = await person("Ada Asks");
  await act(ada, "write", { text: "Do you ship to Bonn?" });
  const ben = await person("Ben Answered");
  await act(ben, "write", { text: "Thanks!" });
  await act(ben, "business_suite", { text: "You are welcome" });
  await act(ben, "age", { hours: 2 });
  const cleo = await person("Cleo Longago");
  await act(cleo, "write", { stickerId: "369239263222822" });
  await act(cleo, "age", { hours: 24 * 30 });
  const dan = await person("Dan Stopped");
  await act(dan, "write", { text: "STOP" });
  await act(dan, "age", { hours: 48 });

  const fay = await person("Fay Own");
  await act(fay, "write", { text: "Genug!" });
  await on.database.sql`insert into messaging.sending_rules (workspace_id, stop_words)
    values (${on.workspaceId}, '{genug}') on conflict (workspace_id) do update set stop_words = excluded.stop_words`;
  await on.control("POST", "/faults", { path: "/conversations", code: 613, count: 1 });
  const pageId = await connect();
  // Meta sends the read receipt before we know the message.
  await act(ben, "read", {});
  await until("the receipt", async () => (await conversations(pageId)).length === 1);
  await on.database.sql`insert into messaging.auto_replies (workspace_id, page_id, welcome, seen_until)
    values (${on.workspaceId}, ${pageId}, '{"text":"Welcome!"}', now() - interval '1 min')`;
  await isRead(pageId);
  await Bun.sleep(2_500);

  expect(await conversations(pageId)).toEqual([
    {
      name: "Ada Asks",
      status: "open",
      unread_count: 0,
      preview_text: "Do you ship to Bonn?",
      preview_direction: "in",
      subscribed: true,
      has_window: true,
      said: ["in Do you ship to Bonn?"],
    },
    {
      name: "Ben Answered",
      status: "resolved",
      unread_count: 0,
      preview_text: "You are welcome",
      preview_direction: "out",
      subscribed: true,
      has_window: true,
      said: ["in Thanks!", "out You are welcome"],
    },
    expect.objectContaining({
      name: "Cleo Longago",
      status: "resolved",
      unread_count: 0,
      has_window: false,
      said: ["in [sticker]"],
    }),
    expect.objectContaining({ name: "Dan Stopped", status: "open", subscribed: false, said: ["in STOP"] }),
    expect.objectContaining({ name: "Fay Own", subscribed: false, said: ["in Genug!"] }),
  ]);
  const [first] = await on.database.sql<{ id: string; at: string }[]>`select c.id, min(m.sent_at)::text as at
    from messaging.contacts c join messaging.messages m on m.conversation_id = c.id where c.psid = ${cleo} group by c.id`;
  await act(cleo, "write", { text: "Hello again" });
  await until("the new message", async () => (await conversations(pageId))[2]?.status === "open");
  const { body: known } = await on.call(on.managerToken, "GET", `${path()}/contacts/${first?.id}`);
  expect(known.contact).toMatchObject({ firstSeenAt: new Date(first?.at ?? "").toISOString() });
  const { body } = await on.call(on.managerToken, "GET", `${path()}/pages/${pageId}`);
  expect(body.page).toMatchObject({
    health: {
      history: { state: "ok", text: expect.stringMatching(/^History imported: 6 messages/) },
    },
  });
});

test("a video and a card of another app appear in the timeline as they are", async () => {
  const vera = await person("Vera Video");
  await act(vera, "write", { text: "Look" });
  const form = new FormData();
  form.set("files", new File([new Uint8Array([0, 0, 0, 24])], "mug.mp4", { type: "video/mp4" }));
  await fetch(`${on.simulator.url}/_simulator/persons/${vera}/write`, { method: "POST", body: form });
  const elements = [
    {
      title: "Mug",
      subtitle: "$40",
      buttons: [{ type: "web_url", title: "View", url: "https://shop.example/m" }],
    },
  ];
  const card = { attachment: { type: "template", payload: { template_type: "generic", elements } } };
  await fetch(`${on.simulator.url}/v25.0/${facebookId}/messages`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ recipient: { id: vera }, messaging_type: "RESPONSE", message: card }),
  });
  await act(vera, "age", { hours: 2 });

  const pageId = await connect();
  await isRead(pageId);

  expect(await conversations(pageId)).toMatchObject([
    { said: ["in Look", "in [video]", "out [template]"], preview_text: "Card", status: "resolved" },
  ]);
  const [shown] = await on.database.sql`select m.kind, a.title, a.payload from messaging.attachments a
    join messaging.messages m on m.id = a.message_id where m.page_id = ${pageId} and a.type = 'template'`;
  expect(shown).toMatchObject({
    kind: "template",
    title: "Mug",
    payload: { elements: [{ title: "Mug", subtitle: "$40", buttons: [{ title: "View" }] }] },
  });
});

test("the next check imports a missed message as unread and open, and does not rewrite known ones", async () => {
  const pageId = await connect();
  const eva = await person("Eva");
  await act(eva, "write", { text: "first" });
  await until("the first message", async () => (await conversations(pageId)).length === 1);
  await isRead(pageId);
  await on.database
    .sql`update messaging.conversations set status = 'resolved', unread_count = 0 where page_id = ${pageId}`;
  await on.control("PATCH", `/pages/${facebookId}`, { subscribedFields: [] });
  await act(eva, "write", { text: "second" });

  await on.call(on.managerToken, "POST", `${path()}/pages/${pageId}/check`);
  await isRead(pageId);

  expect(await conversations(pageId)).toMatchObject([
    { status: "open", unread_count: 1, preview_text: "second", said: ["in first", "in second"] },
  ]);
});

test("a missed message that was answered in Facebook's inbox is imported as read", async () => {
  const pageId = await connect();
  await on.database
    .sql`update messaging.pages set created_at = now() - interval '1 day' where id = ${pageId}`;
  await isRead(pageId);
  await on.control("PATCH", `/pages/${facebookId}`, { subscribedFields: [] });
  const gil = await person("Gil");
  await act(gil, "write", { text: "Open?", at: Date.now() - 60_000 });
  await act(gil, "business_suite", { text: "Until six" });
  await act(gil, "age", { hours: 0.5 });

  await on.call(on.managerToken, "POST", `${path()}/pages/${pageId}/check`);
  await isRead(pageId);

  expect(await conversations(pageId)).toMatchObject([
    { unread_count: 0, said: ["in Open?", "out Until six"] },
  ]);
});

test("the import continues from its position through Meta's limits and failures, and reports refusals", async () => {
  const { psids } = await on.control("POST", "/persons", { pageId: facebookId, count: 25, text: "hello" });
  await on.control("POST", "/faults", { path: "/conversations", code: 613, count: 1 });
  const pageId = await connect();
  await isRead(pageId);
  const [once] = await on.database
    .sql`select count(*)::int4 as count from messaging.messages where page_id = ${pageId}`;

  await on.control("POST", "/faults", { path: "/conversations", code: 200, count: 1 });
  await on.call(on.managerToken, "POST", `${path()}/pages/${pageId}/check`);
  await isRead(pageId);
  const { body } = await on.call(on.managerToken, "GET", `${path()}/pages/${pageId}`);

  expect(psids).toHaveLength(25);
  expect(once?.count).toBe(25);
  expect(body.page).toMatchObject({
    health: {
      history: {
        state: "warning",
        text: expect.stringContaining("Imported 25 earlier messages, then stopped:"),
      },
    },
  });
});

test("conversations too large for one call are read in smaller parts", async () => {
  await on.control("PATCH", "/switches", { limits: { conversationsPerCall: 4 } });
  onTestFinished(async () => {
    await on.control("PATCH", "/switches", { limits: { conversationsPerCall: null } });
  });
  await on.control("POST", "/persons", { pageId: facebookId, count: 7, text: "hello" });

  const pageId = await connect();
  await isRead(pageId);

  expect(await conversations(pageId)).toHaveLength(7);
});

test("a deleted contact stays deleted: only later messages are imported", async () => {
  const pageId = await connect();
  const flo = await person("Flo Forgotten");
  await act(flo, "write", { text: "my secret" });
  await until("the first message", async () => (await conversations(pageId)).length === 1);
  await isRead(pageId);
  const [contact] = await on.database.sql<
    { id: string }[]
  >`select id from messaging.contacts where psid = ${flo}`;
  const gone = await on.call(on.managerToken, "DELETE", `${path()}/contacts/${contact?.id}`);

  await on.call(on.managerToken, "POST", `${path()}/pages/${pageId}/check`);
  await isRead(pageId);
  const afterDeletion = await conversations(pageId);
  await Bun.sleep(1_000);
  await act(flo, "write", { text: "hello again" });
  await until("the new message", async () => (await conversations(pageId)).length === 1);
  await on.call(on.managerToken, "POST", `${path()}/pages/${pageId}/check`);
  await isRead(pageId);

  expect(gone.status).toBe(200);
  expect(afterDeletion).toEqual([]);
  expect(await conversations(pageId)).toMatchObject([{ said: ["in hello again"] }]);
});

test("a person deleted before they were known is not imported with earlier messages", async () => {
  const pageId = await connect();
  await isRead(pageId);
  await on.control("PATCH", `/pages/${facebookId}`, { subscribedFields: [] });
  const ida = await person("Ida");
  await act(ida, "write", { text: "missed" });
  // Meta's inbox has whole seconds.
  await Bun.sleep(1_100);
  await deletePersons(on.system, [ida]);

  await on.call(on.managerToken, "POST", `${path()}/pages/${pageId}/check`);
  await isRead(pageId);

  expect(await conversations(pageId)).toEqual([]);
});

test("a cursor that Meta forgot does not end the import: the next one starts again", async () => {
  await on.control("POST", "/persons", { pageId: facebookId, count: 2, text: "hello" });
  const pageId = await connect();
  await isRead(pageId);
  await on.database.sql`delete from messaging.contacts where page_id = ${pageId}`;
  await on.database.sql`update messaging.page_histories
    set state = 'failed', cursor = 'gone', since = null where page_id = ${pageId}`;

  await on.call(on.managerToken, "POST", `${path()}/pages/${pageId}/check`);
  await isRead(pageId);
  await on.call(on.managerToken, "POST", `${path()}/pages/${pageId}/check`);
  await isRead(pageId);

  expect(await conversations(pageId)).toHaveLength(2);
});
