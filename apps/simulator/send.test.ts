import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { newSecret } from "./ids.ts";
import { asRecord, asRecords } from "./json.ts";
import { callGraph, eventually, pageId, psid, readReply, startTest, type TestSimulator } from "./testing.ts";

let on: TestSimulator;
let media: ReturnType<typeof Bun.serve>;

beforeAll(async () => {
  on = await startTest();
  media = Bun.serve({
    port: 0,
    fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/missing.png") return new Response("no", { status: 404 });
      const type = pathname.endsWith(".mp4") ? "video/mp4" : "image/png";
      return new Response(new Uint8Array(64), { headers: { "Content-Type": type } });
    },
  });
});

afterAll(async () => {
  await on.stop();
  await media.stop(true);
});

beforeEach(async () => {
  await on.control("POST", "reset");
  await on.control("GET", `pages/${pageId}/token`);
  const { fields } = await on.control("GET", "app");
  await on.control("PATCH", `pages/${pageId}`, { subscribedFields: fields });
  await on.control("POST", `persons/${psid}/write`, { text: "hello" });
  await eventually(async () =>
    expect(await on.control("GET", "webhooks")).toMatchObject({ queued: 0, inFlight: 0 }),
  );
  on.received.length = 0;
});

function template(payload: object): object {
  return { attachment: { type: "template", payload } };
}

const button = { type: "postback", title: "Buy", payload: "BUY" };
const link = { type: "web_url", title: "Open", url: "https://shop.example.com/m" };
const element = {
  title: "Mug",
  subtitle: "$40",
  image_url: "https://shop.example.com/m.png",
  buttons: [button, link],
};
const question = {
  id: "q",
  type: "csat",
  title: "How was it?",
  score_label: "neg_pos",
  score_option: "five_stars",
};

test.each<[string, object]>([
  ["text", { text: "Hi!", metadata: "out:1" }],
  ["the longest text", { text: "ä".repeat(1999) }],
  [
    "quick replies",
    {
      text: "Pick",
      quick_replies: [{ content_type: "text", title: "Red", payload: "RED" }, { content_type: "user_email" }],
    },
  ],
  ["sticker", { sticker_id: 369239263222822 }],
  ["generic template", template({ template_type: "generic", elements: [element] })],
  [
    "button template",
    template({
      template_type: "button",
      text: "Next?",
      buttons: [button, { type: "phone_number", title: "Call", payload: "+15105551234" }],
    }),
  ],
  [
    "media template",
    template({
      template_type: "media",
      elements: [{ media_type: "image", url: "https://www.facebook.com/photo/1" }],
    }),
  ],
  [
    "receipt template",
    template({
      template_type: "receipt",
      recipient_name: "Ann",
      order_number: "505",
      currency: "USD",
      payment_method: "Visa",
      elements: [{ title: "Mug", price: 40 }],
      summary: { total_cost: 40 },
    }),
  ],
  ["coupon template", template({ template_type: "coupon", title: "10% off", coupon_code: "MUG10" })],
  [
    "feedback template",
    template({
      template_type: "customer_feedback",
      title: "Rate",
      feedback_screens: [{ questions: [question] }],
      business_privacy: { url: "https://example.com/privacy" },
      expires_in_days: 3,
    }),
  ],
  [
    "image grid",
    template({
      template_type: "image_grid",
      elements: [{ image_url: "https://a.example" }, { image_url: "https://b.example" }],
    }),
  ],
])("the Send API accepts %s and its echo says the same", async (_, message) => {
  const reply = await on.send(message);

  expect(reply.body).toMatchObject({ recipient_id: psid, message_id: expect.stringMatching(/^m_.{86}$/) });
  await eventually(() =>
    expect(on.events("message").some((event) => asRecord(event.message)?.mid === reply.body.message_id)).toBe(
      true,
    ),
  );
  expect(await on.control("GET", "sent")).toMatchObject({
    total: 1,
    messages: [{ mid: reply.body.message_id, psid, message }],
  });
});

test("media is accepted by URL, as several images, as upload and by saved id, and is served by the CDN", async () => {
  const url = `${media.url}a.png`;
  const byUrl = await on.send({ attachment: { type: "image", payload: { url, is_reusable: true } } });
  const several = await on.send({ attachments: [1, 2].map(() => ({ type: "image", payload: { url } })) });
  const saved = await on.graph("POST", `${pageId}/message_attachments`, {
    message: { attachment: { type: "video", payload: { url: `${media.url}v.mp4`, is_reusable: true } } },
  });
  const byId = await on.send({
    attachment: { type: "video", payload: { attachment_id: saved.body.attachment_id } },
  });
  const form = new FormData();
  form.set("recipient", JSON.stringify({ id: psid }));
  form.set("messaging_type", "RESPONSE");
  form.set("message", JSON.stringify({ attachment: { type: "file", payload: {} } }));
  form.set("filedata", new File(["invoice"], "invoice.pdf", { type: "application/pdf" }));
  const headers = { Authorization: `Bearer ${on.token}` };
  const uploaded = await readReply(
    await fetch(`${on.simulator.url}/v25.0/me/messages`, { method: "POST", headers, body: form }),
  );

  for (const reply of [byUrl, several, byId, uploaded]) expect(reply.body.message_id).toBeDefined();
  expect(byUrl.body.attachment_id).toBeDefined();
  await eventually(() => expect(on.events("message")).toHaveLength(4));
  const attachments = on
    .events("message")
    .flatMap((event) => asRecords(asRecord(event.message)?.attachments));
  expect(attachments.map(({ type }) => type)).toEqual(["image", "image", "image", "video", "file"]);
  const file = await fetch(String(asRecord(attachments.at(-1)?.payload)?.url));
  expect([file.status, await file.text()]).toEqual([200, "invoice"]);
});

test("a CDN address dies at its expiry and refuses a forged one", async () => {
  on.simulator.switches.cdnSeconds = -1;
  await on.control("POST", `persons/${psid}/write`, { stickerId: "1" });
  await eventually(() => expect(on.events("message")).toHaveLength(1));
  const url = String(
    asRecord(asRecords(asRecord(on.events("message")[0]?.message)?.attachments)[0]?.payload)?.url,
  );

  const expired = await fetch(url);
  const forged = await fetch(url.replace(/oe=\w+/, "oe=ffffffff"));

  expect([expired.status, await expired.text()]).toEqual([403, "URL signature expired"]);
  expect(forged.status).toBe(403);
});

test("a call may come as a form, with the token as a field", async () => {
  const body = new URLSearchParams({
    access_token: on.token,
    recipient: JSON.stringify({ id: psid }),
    messaging_type: "RESPONSE",
    message: JSON.stringify({ text: "from a form" }),
  });

  const reply = await readReply(
    await fetch(`${on.simulator.url}/v25.0/${pageId}/messages`, { method: "POST", body }),
  );

  expect(reply.body).toMatchObject({ recipient_id: psid });
  expect(reply.headers.get("facebook-api-version")).toBe("v25.0");
});

const many = (count: number, item: object) => Array.from({ length: count }, () => item);
const reply = { content_type: "text", title: "A", payload: "A" };

test.each<[string, object, object, number, number | undefined]>([
  ["text of 2,000 characters", { text: "a".repeat(2000) }, {}, 100, undefined],
  ["empty text", { text: "" }, {}, 100, undefined],
  ["nothing", {}, {}, 100, 2018034],
  ["text and attachment together", { text: "a", attachment: { type: "image" } }, {}, 100, 2018032],
  ["an unknown key", { txt: "a" }, {}, 100, undefined],
  ["14 quick replies", { text: "a", quick_replies: many(14, reply) }, {}, 100, undefined],
  [
    "a quick reply of 21 characters",
    { text: "a", quick_replies: [{ ...reply, title: "a".repeat(21) }] },
    {},
    100,
    undefined,
  ],
  ["metadata of 1,001 characters", { text: "a", metadata: "m".repeat(1001) }, {}, 100, undefined],
  ["11 cards", template({ template_type: "generic", elements: many(11, element) }), {}, 100, undefined],
  [
    "4 buttons",
    template({ template_type: "button", text: "a", buttons: many(4, button) }),
    {},
    100,
    undefined,
  ],
  [
    "a button without payload",
    template({ template_type: "button", text: "a", buttons: [{ type: "postback", title: "x" }] }),
    {},
    100,
    undefined,
  ],
  ["a dead template", template({ template_type: "list", elements: [element] }), {}, 100, 2018032],
  ["no messaging_type", { text: "a" }, { messaging_type: undefined }, 100, undefined],
  ["an unknown messaging_type", { text: "a" }, { messaging_type: "PROMO" }, 100, undefined],
  ["a removed tag", { text: "a" }, { messaging_type: "MESSAGE_TAG", tag: "ACCOUNT_UPDATE" }, 100, 1893061],
  [
    "HUMAN_AGENT without the feature",
    { text: "a" },
    { messaging_type: "MESSAGE_TAG", tag: "HUMAN_AGENT" },
    100,
    2018276,
  ],
  ["an unknown person", { text: "a" }, { recipient: { id: "1" } }, 100, 2018001],
  ["a person of another page", { text: "a" }, { recipient: { id: "24266381753005190" } }, 100, 2018001],
  ["two recipients in one", { text: "a" }, { recipient: { id: psid, user_ref: "x" } }, 100, undefined],
  ["a message with an action", { text: "a" }, { sender_action: "typing_on" }, 100, 2018014],
  [
    "another page's attachment",
    { attachment: { type: "image", payload: { attachment_id: "1" } } },
    {},
    100,
    2018074,
  ],
  ["a reply to nothing", { text: "a", reply_to: { mid: "m_x" } }, {}, 100, 2018032],
  ["an unknown persona", { text: "a" }, { persona_id: "1" }, 100, undefined],
  [
    "an unknown template",
    { template: { name: "x", language: { code: "en" } } },
    { messaging_type: "UTILITY" },
    100,
    undefined,
  ],
])("the Send API refuses %s", async (_, message, rest, code, subcode) => {
  const refused = await on.send(message, rest);

  expect(refused).toMatchObject({ status: 400, code, subcode });
  expect(asRecord(refused.body.error)).toMatchObject({
    type: "OAuthException",
    fbtrace_id: expect.any(String),
  });
  expect(await on.control("GET", "sent")).toMatchObject({ total: 0 });
});

test("media that cannot be fetched, or is of another type, is refused", async () => {
  const missing = await on.send({
    attachment: { type: "image", payload: { url: `${media.url}missing.png` } },
  });
  const wrong = await on.send({ attachment: { type: "video", payload: { url: `${media.url}a.png` } } });

  expect([missing.subcode, wrong.subcode]).toEqual([2018008, 2018047]);
});

test("the window closes 24 h after the last action, a reaction opens it again, and tags last 7 days", async () => {
  const { body } = await on.send({ text: "in time" });
  await on.control("POST", `persons/${psid}/age`, { hours: 25 });
  expect(await on.send({ text: "late" })).toMatchObject({ status: 400, code: 10, subcode: 2018278 });

  await on.control("PATCH", "switches", { humanAgent: true });
  const tagged = { messaging_type: "MESSAGE_TAG", tag: "HUMAN_AGENT" };
  expect((await on.send({ text: "human" }, tagged)).status).toBe(200);
  await on.control("POST", `persons/${psid}/age`, { hours: 24 * 8 });
  expect(await on.send({ text: "too late" }, tagged)).toMatchObject({ code: 10, subcode: 2018278 });

  await on.control("POST", `persons/${psid}/react`, { mid: body.message_id, reaction: "love" });
  expect((await on.send({ text: "open again" })).status).toBe(200);
});

test("a first message from an ad opens the window for 7 days", async () => {
  const person = await on.control("POST", "persons", { pageId, name: "From Ad" });
  const referral = { source: "ADS", type: "OPEN_THREAD", ad_id: "60", ref: "spring" };
  await on.control("POST", `persons/${person.psid}/write`, { text: "How much?", referral });
  const recipient = { recipient: { id: person.psid } };

  await on.control("POST", `persons/${person.psid}/age`, { hours: 100 });
  expect((await on.send({ text: "still open" }, recipient)).status).toBe(200);
  await on.control("POST", `persons/${person.psid}/age`, { hours: 24 * 7 + 1 });

  expect(await on.send({ text: "closed" }, recipient)).toMatchObject({ code: 10, subcode: 2018278 });
});

test("blocked, restricted, dead token and foreign thread answer with their own codes", async () => {
  await on.control("POST", `persons/${psid}/block`);
  expect(await on.send({ text: "a" })).toMatchObject({ code: 551, subcode: 1545041 });
  await on.control("POST", `persons/${psid}/write`, { text: "back again" });
  expect((await on.send({ text: "a" })).status).toBe(200);

  await on.control("POST", `persons/${psid}/owner`, { appId: "263902037430900" });
  expect(await on.send({ text: "a" })).toMatchObject({ code: 100, subcode: 2534037 });
  const taken = await on.graph("POST", `${pageId}/take_thread_control`, { recipient: { id: psid } });
  expect(taken.body).toEqual({ success: true });
  expect((await on.send({ text: "a" })).status).toBe(200);

  await on.control("PATCH", `pages/${pageId}`, { isRestricted: true });
  expect(await on.send({ text: "a" })).toMatchObject({ code: 10, subcode: 1893063 });
  await on.control("PATCH", `pages/${pageId}`, { isRestricted: false, tokenDeath: 460 });
  expect(await on.send({ text: "a" })).toMatchObject({ code: 190, subcode: 460 });
});

test("a comment can be answered once, within seven days, and opens no window", async () => {
  const person = await on.control("POST", "persons", { pageId, name: "Commenter" });
  const { commentId } = await on.control("POST", `persons/${person.psid}/comment`, { text: "Price?" });
  const old = await on.control("POST", `persons/${person.psid}/comment`, {
    text: "Old",
    at: Date.now() - 8 * 86_400_000,
  });
  const answer = (id: unknown) =>
    on.send({ text: "Here you are" }, { recipient: { comment_id: id }, messaging_type: undefined });

  expect((await answer(commentId)).body).toMatchObject({ recipient_id: person.psid });
  expect(await answer(commentId)).toMatchObject({ code: 10903 });
  expect(await answer(old.commentId)).toMatchObject({ code: 100, subcode: 2534025 });
  expect(await on.send({ text: "more" }, { recipient: { id: person.psid } })).toMatchObject({
    code: 10,
    subcode: 2018278,
  });
});

test("utility templates are made, filled and sent outside the window, and refused when filled wrongly", async () => {
  const body = {
    type: "BODY",
    text: "Your order {{1}} is on its way, dear {{2}}.",
    example: { body_text: [["566701", "John"]] },
  };
  const buttons = { type: "BUTTONS", buttons: [{ type: "POSTBACK", text: "Track", payload: "order_{{1}}" }] };
  const made = await on.graph("POST", `${pageId}/message_templates`, {
    name: "order_update",
    language: "en",
    category: "UTILITY",
    components: [body, buttons],
  });
  expect(made.body).toMatchObject({ status: "APPROVED", category: "UTILITY" });
  await on.control("POST", `persons/${psid}/age`, { hours: 500 });
  const fill = (parameters: object[], taps: object[]) =>
    on.send(
      {
        template: {
          name: "order_update",
          language: { code: "en" },
          components: [
            { type: "body", parameters },
            { type: "buttons", parameters: taps },
          ],
        },
      },
      { messaging_type: "UTILITY" },
    );
  const values = (...texts: string[]) => texts.map((text) => ({ type: "text", text }));
  const tap = [{ type: "POSTBACK", payload: "77" }];

  expect((await fill(values("77", "Ann"), tap)).status).toBe(200);
  expect(await fill(values("77"), tap)).toMatchObject({ code: 100, subcode: 1893029 });
  expect(await fill(values("77", "Ann"), [])).toMatchObject({ code: 100, subcode: 1893029 });
  expect(await fill(values("77", "100%"), tap)).toMatchObject({ code: 100, subcode: 1893043 });
  expect(await on.control("GET", "sent")).toMatchObject({
    total: 1,
    messages: [{ text: "Your order 77 is on its way, dear Ann." }],
  });
});

test("the page's limit counts in a rolling second and is lifted by null", async () => {
  await on.control("PATCH", "switches", { limits: { textPerSecond: 5 } });
  const replies = await Promise.all(Array.from({ length: 12 }, () => on.send({ text: "a" })));
  const refused = replies.filter((one) => one.status !== 200);
  expect(refused).toHaveLength(7);
  expect(refused[0]).toMatchObject({ code: 613 });
  expect(refused[0]?.headers.get("x-business-use-case-usage")).toContain('"type":"messenger"');

  await on.control("PATCH", "switches", { limits: { textPerSecond: null } });
  const free = await Promise.all(Array.from({ length: 30 }, () => on.send({ text: "a" })));

  expect(free.every((one) => one.status === 200)).toBe(true);
  expect(await on.control("GET", "sent/stats")).toMatchObject({
    total: 35,
    byPage: { [pageId]: 35 },
    persons: 1,
  });
});

test("typing, seen and reactions of the page reach the phone", async () => {
  const { messages } = await on.control("GET", `persons/${psid}/thread`);
  const mid = asRecords(messages)[0]?.mid;
  const action = (sender_action: string, payload?: object) =>
    on.graph("POST", "me/messages", { recipient: { id: psid }, sender_action, payload });

  expect((await action("typing_on")).body).toEqual({ recipient_id: psid });
  await action("mark_seen");
  await action("react", { message_id: mid, reaction: "love" });

  const thread = await on.control("GET", `persons/${psid}/thread`);
  expect(Number(asRecord(thread.person)?.typingUntil)).toBeGreaterThan(Date.now());
  expect(asRecords(thread.messages)[0]?.reactions).toEqual({ page: "love" });
  expect(await action("dance")).toMatchObject({ code: 100 });
});

test("a batch runs in order, answers JSON inside JSON and refuses 51 items", async () => {
  const body = new URLSearchParams({
    recipient: JSON.stringify({ id: psid }),
    messaging_type: "RESPONSE",
    message: '{"text":"one"}',
  });
  const items = [
    { method: "POST", relative_url: "me/messages", body: body.toString() },
    { method: "GET", relative_url: "v25.0/me?fields=name" },
    { method: "GET", relative_url: "1" },
  ];

  const response = await fetch(`${on.simulator.url}/v25.0/`, {
    method: "POST",
    body: new URLSearchParams({ access_token: on.token, batch: JSON.stringify(items) }),
  });
  const answers = asRecords(await response.json());
  const tooMany = await on.graph("POST", "", {
    batch: JSON.stringify(many(51, { method: "GET", relative_url: "me" })),
  });

  expect(answers.map(({ code }) => code)).toEqual([200, 200, 400]);
  expect(JSON.parse(String(answers[1]?.body))).toEqual({ name: "Luna Coffee Roasters", id: pageId });
  expect(tooMany).toMatchObject({ code: 100 });
});

test("conversations list threads, detail the 20 newest messages and hold to 2 calls a second", async () => {
  for (let index = 0; index < 25; index += 1)
    await on.control("POST", `persons/${psid}/write`, { text: `m${index}` });
  const fields = "id,participants,unread_count,can_reply,messages{id,message,from,created_time}";

  const listed = await on.graph(
    "GET",
    `${pageId}/conversations?platform=messenger&user_id=${psid}&fields=${fields}`,
  );
  const [conversation] = asRecords(listed.body.data);
  const messages = asRecords(asRecord(conversation?.messages)?.data);
  const second = await on.graph("GET", `${messages[24]?.id}?fields=message`);
  const third = await on.graph("GET", `${messages[0]?.id}?fields=message`);

  expect(conversation).toMatchObject({ id: expect.stringMatching(/^t_/), can_reply: true, unread_count: 26 });
  expect(messages[0]).toMatchObject({
    message: "m24",
    from: { id: psid },
    created_time: expect.stringMatching(/\+0000$/),
  });
  expect(messages[20]?.message).toBeUndefined();
  expect(second).toMatchObject({ code: 9000001 });
  expect(third).toMatchObject({ code: 613 });
});

test("profiles answer in full, by name only, or with the errors that Meta gives", async () => {
  const profile = () => on.graph("GET", `${psid}?fields=first_name,last_name,name,profile_pic`);
  const full = await profile();
  expect(full.body).toMatchObject({ first_name: "Anna", last_name: "Keller", name: "Anna Keller", id: psid });
  const picture = await fetch(String(full.body.profile_pic));
  expect([picture.status, picture.headers.get("content-type")]).toEqual([200, "image/png"]);

  const as = async (kind: string) => {
    await on.control("PATCH", `persons/${psid}`, { profile: kind });
    return profile();
  };
  expect((await as("name_only")).body).toEqual({ name: "Anna Keller", id: psid });
  expect(await as("none")).toMatchObject({ code: 100, subcode: 2018218 });
  expect(await as("no_permission")).toMatchObject({ code: 100, subcode: 2018247 });
  const stranger = await on.graph("GET", "24266381753005181?fields=name");
  expect(stranger).toMatchObject({ code: 100, subcode: 33 });
});

test("the Messenger profile keeps what is set, needs Get Started for a menu, and is limited", async () => {
  const path = `${pageId}/messenger_profile`;
  const menu = [
    { locale: "default", call_to_actions: [{ type: "postback", title: "Talk", payload: "HUMAN" }] },
  ];
  expect(await on.graph("POST", path, { persistent_menu: menu })).toMatchObject({ code: 100 });

  const set = await on.graph("POST", path, { get_started: { payload: "GO" }, persistent_menu: menu });
  const read = await on.graph("GET", `${path}?fields=get_started,persistent_menu`);

  expect(set.body).toEqual({ result: "success" });
  expect(read.body).toEqual({ data: [{ get_started: { payload: "GO" }, persistent_menu: menu }] });
  await Promise.all(Array.from({ length: 7 }, () => on.graph("GET", path)));
  expect(await on.graph("GET", path)).toMatchObject({ code: 613 });
});

test("faults break calls before or after Meta accepts the message", async () => {
  const outcome = async (fault: object) => {
    await on.control("POST", "faults", { ...fault, count: 1 });
    try {
      const { status, code, body } = await on.send({ text: "x", metadata: newSecret(6) });
      return code ?? (body.message_id === undefined ? "no id" : status);
    } catch {
      return "broken";
    }
  };

  const outcomes = [
    await outcome({ kind: "error", code: 2 }),
    await outcome({ kind: "reset", when: "before" }),
    await outcome({ kind: "html" }),
    await outcome({ kind: "error", code: 4, psid: "other" }),
    await outcome({ kind: "reset", when: "after" }),
    await outcome({ kind: "no_message_id" }),
    await outcome({ kind: "hang", ms: 5 }),
  ];

  expect(outcomes).toEqual([2, "broken", "broken", 200, "broken", "no id", 200]);
  expect(await on.control("GET", "sent")).toMatchObject({ total: 4 });
});

test("a call without a token, with a foreign one or to another page is refused", async () => {
  const { url } = on.simulator;
  const call = (token: string, path: string) => callGraph(url, token, { method: "GET", path });

  expect(await call("", "me")).toMatchObject({ code: 104 });
  expect(await call("EAAGforged", "me")).toMatchObject({ code: 190 });
  expect(await call(on.token, "104810069068201/subscribed_apps")).toMatchObject({ code: 100, subcode: 33 });
});

test("the calls of 24 h are 200 per person when switched on, and the headers tell the use", async () => {
  const person = await on.control("POST", "pages", { name: "Small" });
  const only = await on.control("POST", "persons", { pageId: person.id, text: "hi" });
  const { token } = await on.control("GET", `pages/${person.id}/token`);
  await on.control("PATCH", "switches", { limits: { callsPerEngagedPerson: 3 } });
  const body = { recipient: { id: only.psid }, messaging_type: "RESPONSE", message: { text: "a" } };
  const send = () =>
    callGraph(on.simulator.url, String(token), { method: "POST", path: "me/messages", body });

  const replies = [await send(), await send(), await send(), await send()];

  expect(replies.map(({ code, status }) => code ?? status)).toEqual([200, 200, 200, 80006]);
  const use = replies.map(({ headers }) => headers.get("x-business-use-case-usage") ?? "");
  expect(use.map((header) => /"call_count":(\d+)/.exec(header)?.[1])).toEqual(["33", "66", "100", "100"]);
  expect(use[3]).toContain('"estimated_time_to_regain_access":60');
});
