import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";
import { until } from "../../modules/std/testing.ts";

let on: AppWithMeta;
let conversationId: string;
let psid: string;
let facebookId: string;
beforeAll(async () => {
  on = await openAppWithMeta();
  ({ facebookId } = await on.connectNewPage());
});
afterAll(() => on.close());

beforeEach(async () => {
  ({ psid, conversationId } = await on.newWriter(facebookId));
  await on.database.sql`update messaging.contacts
    set first_name = 'Ann {{last_name}}' where id = ${conversationId}`;
});

const reply = (body: unknown, key?: string) => on.reply(conversationId, body, key);
const whenSent = (count = 1) =>
  until(`${count} messages at Meta`, async () => {
    const all = await on.sent(psid);
    return all.length >= count ? all : null;
  });

async function save(name: string, content: unknown): Promise<string> {
  const { body } = await on.here("POST", "/templates", { name, content });
  const [row] = await on.database.sql<
    { id: string }[]
  >`select id from messaging.templates where name = ${name}`;
  expect(body).toHaveProperty("template");
  return row?.id ?? "";
}

const offer = (name: string) =>
  save(name, {
    text: "Hi {{first_name|there}}",
    buttons: [
      { type: "url", title: "Open", url: "https://shop.example.com/?n={{first_name|x}}", isTracked: true },
    ],
    quickReplies: [{ title: "Later" }],
  });

test("a template reply is sent and shown filled, and its tracked link redirects and counts", async () => {
  const templateId = await offer("offer");

  const { status, body } = await reply({ templateId });
  const [message] = await whenSent();

  expect(status).toBe(202);
  expect(body.message).toMatchObject({
    kind: "message",
    text: "Hi Ann {{last_name}}",
    content: { buttons: [{ title: "Open" }], quick_replies: [{ title: "Later" }] },
  });
  expect(message?.message).toMatchObject({
    quick_replies: [{ content_type: "text", title: "Later", payload: "Later" }],
    attachment: { payload: { template_type: "button", text: "Hi Ann {{last_name}}" } },
  });
  const [link = ""] = JSON.stringify(message?.message).match(/http[^"]+\/l\/[^"]+/) ?? [];
  const opened = await on.app.handle(new Request(link, { headers: { "user-agent": "Mozilla/5.0 Mobile" } }));
  expect(opened.headers.get("location")).toBe("https://shop.example.com/?n=Ann%20%7B%7Blast_name%7D%7D");
  const clicks = await on.database.sql`select c.times from messaging.clicks c
    join messaging.deliveries d on d.id = c.delivery_id where d.contact_id = ${conversationId}`;
  expect([...clicks]).toEqual([{ times: 1 }]);
});

test("one key is one reply, also after a template change; another template is refused", async () => {
  const templateId = await offer("once");
  const other = await offer("other");
  const key = crypto.randomUUID();

  const first = await reply({ templateId }, key);
  await on.here("PATCH", `/templates/${templateId}`, { content: { text: "Changed" } });
  const again = await reply({ templateId }, key);
  const reused = await reply({ templateId: other }, key);
  const typed = await reply({ text: "Hi Ann {{last_name}}" }, key);

  expect(again.body.message?.id).toBe(first.body.message?.id);
  expect([again.status, reused.status, typed.status]).toEqual([202, 409, 409]);
  await reply({ text: "the last" });
  expect(await whenSent(2)).toHaveLength(2);
});

const addFile = (name: string, path?: string) =>
  on.addFile(name, Buffer.from("89504e470d0a1a0a00", "hex"), path);
const attachmentIdOf = async (mediaFileId: string) => {
  const [row] = await on.database.sql<{ attachment_id: string }[]>`
    select attachment_id from messaging.media_uploads where media_file_id = ${mediaFileId}`;
  return row?.attachment_id;
};

test("a library file is sent by its attachment id, and the timeline shows our own copy", async () => {
  const mediaFileId = await addFile("mug.png");

  const { body } = await reply({ content: { mediaFileId, quickReplies: [{ title: "Nice" }] } });
  const [message] = await whenSent();

  const attachmentId = await attachmentIdOf(mediaFileId);
  expect(message?.message).toMatchObject({
    attachments: [{ type: "image", payload: { url: expect.stringContaining(`/${attachmentId}/`) } }],
  });
  const attachments = body.message?.attachments;
  expect(attachments).toMatchObject([{ type: "image", fileName: "mug.png", fileState: "stored" }]);
  const url: string = Array.isArray(attachments) ? attachments[0].url : "";
  const own = await on.app.handle(
    new Request(`${on.url}${url}`, { headers: { authorization: `Bearer ${on.managerToken}` } }),
  );
  expect([own.status, own.headers.get("content-type")]).toEqual([200, "image/png"]);
  const { body: list } = await on.here("GET", "/conversations");
  expect(JSON.stringify(list)).toContain('"text":"Picture","direction":"out"');
});

test("deleting a contact deletes no library file", async () => {
  const mediaFileId = await addFile("kept.png");
  await reply({ content: { mediaFileId } });
  await whenSent();

  const deleted = await on.here("DELETE", `/contacts/${conversationId}`);

  expect(deleted.status).toBe(200);
  const served = await on.request("GET", `/media/${mediaFileId}/file`);
  expect(served.status).toBe(200);
});

test("a reply's uploaded file is sent only in its conversation, is in no library, and is deleted with its contact", async () => {
  const mediaFileId = await addFile("invoice.png", `/conversations/${conversationId}/files`);
  const { status } = await reply({ content: { mediaFileId } });
  await whenSent();
  const { body: library } = await on.here("GET", "/media");
  const files = () => on.database.sql`select f.id from messaging.media_files f where f.id = ${mediaFileId}
    union all select c.id from messaging.contents c where c.media_file_id = ${mediaFileId}`;
  expect(await files()).toHaveLength(2);
  const other = await on.newWriter(facebookId);
  const elsewhere = await on.reply(other.conversationId, { content: { mediaFileId } });
  await on.here("DELETE", `/contacts/${conversationId}`);

  expect([status, elsewhere.status]).toEqual([202, 422]);
  expect(JSON.stringify(library)).not.toContain("invoice.png");
  expect(await files()).toHaveLength(0);
});

test("an attachment id that Meta forgot is created again, once, and the reply is sent", async () => {
  const mediaFileId = await addFile("old.png");
  await reply({ content: { mediaFileId } });
  await whenSent(1);
  const before = await attachmentIdOf(mediaFileId);
  await on.control("POST", "/faults", { path: "/messages", code: 100, subcode: 2018074, count: 1 });

  await reply({ content: { mediaFileId } });

  const all = await whenSent(2);
  const after = await attachmentIdOf(mediaFileId);
  expect(after).not.toBe(before);
  expect(JSON.stringify(all)).toContain(`/${after}/`);
  await on.control("POST", "/faults", { path: "/messages", code: 100, subcode: 2018074, count: 2 });
  const { body } = await reply({ content: { mediaFileId } });
  await whenFailed(body.message, "media");
});

test("a file that Meta refuses fails its reply in words; until then other conversations do not wait", async () => {
  const mediaFileId = await addFile("refused.png");
  const slow = conversationId;
  const trouble = await on.control("POST", "/faults", { path: "message_attachments", code: 2 });

  const { body } = await reply({ content: { mediaFileId } });
  await until("the first try", async () => {
    const jobs = await on.database
      .sql`select from jobs.jobs where kind = 'media_upload' and last_error is not null`;
    return jobs.length > 0;
  });
  ({ psid, conversationId } = await on.newWriter(facebookId, { text: "Me, too" }));
  await reply({ text: "You first" });
  await whenSent();
  const waiting = await on.database.sql`select from messaging.deliveries
    where contact_id = ${slow} and state = 'queued'`;

  expect(waiting).toHaveLength(1);
  // The second fault is set before the first ends: an attempt in between would find neither.
  await on.control("POST", "/faults", { path: "message_attachments", code: 100, subcode: 2018047, count: 1 });
  await on.control("DELETE", `/faults/${String(trouble.id)}`);
  await whenFailed(body.message, "media-refused");
});

async function whenFailed(message: Record<string, unknown> | undefined, code: string): Promise<void> {
  await until(`the reply to fail as ${code}`, async () => {
    const [row] = await on.database.sql`select reason from messaging.deliveries
      where message_id = ${String(message?.id)} and state in ('failed', 'skipped') and reason = ${code}`;
    return row;
  });
}

test("cards are sent and shown as they are", async () => {
  const { body } = await reply({
    content: {
      cards: [
        {
          title: "Mug of {{first_name|you}}",
          subtitle: "$40",
          buttons: [{ type: "postback", title: "Buy", payload: "B" }],
        },
      ],
    },
  });
  const [message] = await whenSent();

  expect(message?.message).toMatchObject({ attachment: { payload: { template_type: "generic" } } });
  expect(body.message).toMatchObject({
    kind: "template",
    text: null,
    attachments: [
      { type: "template", payload: { elements: [{ title: "Mug of Ann {{last_name}}", subtitle: "$40" }] } },
    ],
  });
});

test("typed text is sent as typed, including braces", async () => {
  await reply({ text: "Write {{first_name}} or {{" });

  const [message] = await whenSent();

  expect(message?.message.text).toBe("Write {{first_name}} or {{");
});

test("a reply that cannot be sent has a reason and writes nothing", async () => {
  const count = async () =>
    (await on.database.sql`select from messaging.messages where conversation_id = ${conversationId}`).length;
  const before = await count();

  const long = await reply({ content: { text: "x", quickReplies: [{ title: "I am {{first_name|me}}" }] } });
  const bad = await reply({ content: { text: "" } });
  const both = await reply({ text: "x", content: { text: "y" } });
  const none = await reply({});
  const missing = await reply({ templateId: crypto.randomUUID() });
  const utility = await reply({ content: { utility: { name: "a", language: "en", parameters: {} } } });

  expect(long).toMatchObject({ status: 422, body: { detail: expect.stringContaining("at most 20") } });
  expect(bad).toMatchObject({ status: 422, body: { errors: [{ path: "/text" }] } });
  expect([both.status, none.status, missing.status, utility.status]).toEqual([422, 422, 404, 422]);
  expect(await count()).toBe(before);
});
