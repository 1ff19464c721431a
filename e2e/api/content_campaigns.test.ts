import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type AppWithMeta, openAppWithMeta } from "../../apps/server/testing/app_with_meta.ts";
import { askCampaign, runCampaign } from "../support/app_campaigns.ts";
import { until } from "../../modules/std/testing.ts";

let on: AppWithMeta;
let luna: { pageId: string; psids: string[] };
let sol: { pageId: string; psids: string[] };
beforeAll(async () => {
  on = await openAppWithMeta();
  luna = await on.pageWithContacts(4, "Luna");
  sol = await on.pageWithContacts(4, "Sol");
  // Their names were looked up already: these calls do not interfere.
  await until("people with names", async () => {
    const rows = await on.database.sql`select from messaging.contacts where profile_state = 'wanted'`;
    return rows.length === 0;
  });
});
afterAll(() => on.close());
beforeEach(() => on.control("POST", "/sent/reset"));

test("a campaign sends cards and tracked links per contact; a click counts once for its campaign", async () => {
  const mediaFileId = await on.addFile("mug.png", Buffer.from("89504e470d0a1a0a00", "hex"));
  await on.database.sql`update messaging.contacts set first_name = 'Ann' where psid = ${luna.psids[0] ?? ""}`;

  const { id } = await runCampaign(on, {
    content: {
      cards: [
        {
          title: "A mug for {{first_name|you}}",
          mediaFileId,
          buttons: [
            {
              type: "url",
              title: "Buy",
              url: "https://shop.example.com/?n={{first_name|x}}",
              isTracked: true,
            },
          ],
        },
      ],
    },
  });
  const messages = await on.sent();
  const ofAnn = JSON.stringify(messages.find(({ psid }) => psid === luna.psids[0])?.message);
  const links = messages.flatMap(({ message }) => JSON.stringify(message).match(/http[^"]+\/l\/[^"]+/) ?? []);
  const [link = ""] = ofAnn.match(/http[^"]+\/l\/[^"]+/) ?? [];
  const [image = ""] = ofAnn.match(/http[^"]+\/m\/[^"]+/) ?? [];
  const open = () => on.app.handle(new Request(link, { headers: { "user-agent": "Mozilla/5.0 Mobile" } }));
  const opened = await open();
  await open();

  expect(messages).toHaveLength(8);
  expect(new Set(links).size).toBe(8);
  expect(ofAnn).toContain("A mug for Ann");
  expect(opened.headers.get("location")).toBe("https://shop.example.com/?n=Ann");
  expect((await on.app.handle(new Request(image))).status).toBe(200);
  await until("the click in the counts", async () => {
    const { counts } = await askCampaign(on, "GET", `/${id}`);
    return counts.clicked === 1;
  });
});

test("a campaign's file is uploaded once per page and sent to all by its id there", async () => {
  const mediaFileId = await on.addFile("song.mp3", "ID3 a song");

  const { counts } = await runCampaign(on, { content: { mediaFileId } });
  const uploads = await on.database.sql<{ page_id: string; attachment_id: string }[]>`
    select page_id, attachment_id from messaging.media_uploads where media_file_id = ${mediaFileId}`;

  expect(counts).toMatchObject({ planned: 8, sent: 8 });
  expect(uploads.map((row) => row.page_id).toSorted()).toEqual([luna.pageId, sol.pageId].toSorted());
  for (const [page, psids] of [
    [luna.pageId, luna.psids],
    [sol.pageId, sol.psids],
  ] as const) {
    const attachmentId = uploads.find((row) => row.page_id === page)?.attachment_id;
    const own = (await on.sent()).filter(({ psid }) => psids.includes(psid));
    expect(own).toHaveLength(4);
    for (const { message } of own) expect(JSON.stringify(message)).toContain(`/${attachmentId}/`);
  }
});

test("a utility campaign reaches contacts outside the window with an approved template, and reports the others", async () => {
  await on.database.sql`update messaging.contacts set last_inbound_at = now() - interval '30 days'`;
  await on.here("POST", "/utility-templates", {
    pageIds: [luna.pageId],
    name: "order_update",
    language: "en",
    body: "Good news, {{customer}}: your order {{order_id}} is on its way to you.",
    samples: { customer: "John", order_id: "566701" },
  });
  const content = {
    utility: {
      name: "order_update",
      language: "en",
      parameters: { customer: "{{custom.nick|friend}}", order_id: "A-1" },
    },
  };
  await on.here("POST", "/custom-fields", { key: "nick", label: "Nickname", type: "text" });
  await until("the approval", async () => {
    const { body } = await on.here("GET", "/utility-templates/coverage?name=order_update&language=en");
    return JSON.stringify(body).includes("APPROVED");
  });

  const preview = await on.here("POST", "/audience/preview", {
    kind: "utility",
    audience: { all: true },
    content,
  });
  const { id, counts } = await runCampaign(on, { kind: "utility", content });
  const messages = await on.sent();
  const { body: skipped } = await on.here("GET", `/campaigns/${id}/recipients?state=skipped`);

  expect(preview.body).toMatchObject({ count: 4, reasons: [{ reason: "no-template", count: 4 }] });
  expect(counts).toMatchObject({ planned: 8, sent: 4, skipped: 4 });
  expect(messages.map(({ psid }) => psid).toSorted()).toEqual(luna.psids.toSorted());
  expect(messages.every(({ messagingType }) => messagingType === "UTILITY")).toBe(true);
  expect(JSON.stringify(messages[0]?.message)).toContain("friend");
  expect(skipped.items).toMatchObject(Array.from({ length: 4 }, () => ({ reason: "no-template" })));
});

test("a sequence step with a utility template reaches contacts outside the window; one with text does not", async () => {
  const steps = [
    { text: "Only in the window" },
    { utility: { name: "order_update", language: "en", parameters: { customer: "Ann", order_id: "A-2" } } },
  ].map((content) => ({ delaySeconds: 0, condition: null, content }));
  const exit = { onReply: true, onClick: false, onTagId: null };
  const made = await on.here("POST", "/sequences", { name: "After sales", steps, trigger: null, exit });
  const path = `/sequences/${JSON.parse(JSON.stringify(made.body)).sequence.id}`;
  await on.here("POST", `${path}/start`);
  const people = await on.database.sql`select id from messaging.contacts where page_id = ${luna.pageId}`;

  await on.here("POST", `${path}/enrolments`, { contactIds: people.map(({ id }) => id) });
  const messages = await until("the templates", async () => {
    const all = await on.sent();
    return all.length === 4 ? all : null;
  });

  expect(messages.every(({ messagingType }) => messagingType === "UTILITY")).toBe(true);
  await until("the numbers of both steps", async () => {
    const { body } = await on.here("GET", `${path}/results`);
    const [text, template] = JSON.parse(JSON.stringify(body.steps));
    return text.skipped === 4 && template.sent === 4;
  });
});

test("cards, buttons and files of campaigns, tests and auto-replies appear in the timeline as the contact sees them", async () => {
  const page = await on.connectNewPage("Terra");
  const ann = await on.newWriter(page.facebookId, { name: "Ann Lee" });
  const shop = { type: "url", title: "Shop", url: "https://shop.example.com" };
  const mediaFileId = await on.addFile("mug.png", Buffer.from("89504e470d0a1a0a01", "hex"));
  const conversation = async (conversationId: string) => {
    const { body } = await on.here("GET", `/conversations/${conversationId}/messages`);
    const items: { direction: string; text: string; content: object; attachments: { type: string }[] }[] =
      JSON.parse(JSON.stringify(body.items));
    return items
      .filter(({ direction }) => direction === "out")
      .map(({ text, content, attachments }) => ({
        text,
        content,
        types: attachments.map(({ type }) => type),
      }));
  };
  const contents = [
    { cards: [{ title: "A mug for {{first_name|you}}", buttons: [shop] }] },
    { text: "For {{first_name|you}}", buttons: [shop] },
    { mediaFileId },
  ];
  for (const content of contents) {
    const draft = { name: "Test", kind: "window", audience: { all: true }, content };
    const { id } = await askCampaign(on, "POST", "", draft);
    const { status } = await on.here("POST", `/campaigns/${id}/test`, { contactId: ann.conversationId });
    expect(status).toBe(200);
  }
  await until("the tests at Meta", async () => (await on.sent(ann.psid)).length === contents.length);
  const tests = await conversation(ann.conversationId);
  for (const content of contents) await runCampaign(on, { content, audience: { pageIds: [page.pageId] } });
  const campaigns = (await conversation(ann.conversationId)).slice(0, 3);
  const welcome = { text: "Welcome, {{first_name|you}}", buttons: [shop] };
  await on.here("PUT", `/pages/${page.pageId}/auto-replies`, { welcome, away: null, businessHours: null });
  const ben = await on.newWriter(page.facebookId, { name: "Ben Ray" });
  const welcomed = await until("the welcome", async () => {
    const items = await conversation(ben.conversationId);
    return items.length > 0 ? items : null;
  });

  const buttons = [{ type: "web_url", title: "Shop", url: "https://shop.example.com" }];
  const asRead = [
    { text: "For Ann", content: { buttons }, types: [] },
    { text: null, types: ["template"] },
    { text: null, types: ["image"] },
  ];
  expect(tests).toHaveLength(3);
  expect(tests).toEqual(expect.arrayContaining(asRead.map((one) => expect.objectContaining(one))));
  expect(campaigns).toEqual(expect.arrayContaining(asRead.map((one) => expect.objectContaining(one))));
  expect(welcomed).toMatchObject([{ text: "Welcome, Ben", content: { buttons }, types: [] }]);
});

test("sendTest refuses a utility template that the contact's page does not have", async () => {
  const [contact] = await on.database
    .sql`select id from messaging.contacts where page_id = ${sol.pageId} limit 1`;
  const content = {
    utility: { name: "order_update", language: "en", parameters: { customer: "Ann", order_id: "A-3" } },
  };
  const draft = { name: "Order", kind: "utility", audience: { all: true }, content };
  const { id } = await askCampaign(on, "POST", "", draft);

  const { status, body } = await on.here("POST", `/campaigns/${id}/test`, { contactId: contact?.id });

  expect({ status, body }).toMatchObject({ status: 409, body: { code: "no-template" } });
});

test("a file used by a paused sequence cannot be deleted", async () => {
  const mediaFileId = await on.addFile("menu.png", Buffer.from("89504e470d0a1a0a02", "hex"));
  const steps = (content: object) => [{ delaySeconds: 0, condition: null, content }];
  const exit = { onReply: false, onClick: false, onTagId: null };
  const draft = { name: "Menu", steps: steps({ text: "Hi" }), trigger: null, exit };
  const { body } = await on.here("POST", "/sequences", draft);
  const path = `/sequences/${JSON.parse(JSON.stringify(body)).sequence.id}`;
  await on.here("POST", `${path}/start`);
  await on.here("POST", `${path}/pause`);
  await on.here("PATCH", path, { steps: steps({ mediaFileId }) });

  const refused = await on.here("DELETE", `/media/${mediaFileId}`);
  const started = await on.here("POST", `${path}/start`);

  expect(refused).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('the sequence "Menu"') },
  });
  expect(started.status).toBe(200);
});

test("a cached file is revalidated: 304 while allowed, 401 without a login, 404 after deletion", async () => {
  const png = Uint8Array.from([137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82]);
  const id = await on.addFile("kept.png", png);
  const path = `/media/${id}/file`;
  const first = await on.request("GET", path);
  const headers = { "if-none-match": first.headers.get("etag") ?? "" };
  const again = await on.request("GET", path, { headers });
  const stranger = await on.request("GET", path, { headers, token: null });
  await on.request("DELETE", `/media/${id}`);
  const gone = await on.request("GET", path, { headers });

  expect(first.headers.get("cache-control")).toBe("private, no-cache");
  expect([first, again, stranger, gone].map(({ status }) => status)).toEqual([200, 304, 401, 404]);
});
