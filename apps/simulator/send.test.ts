import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { asRecord, asRecords } from "./json.ts";
import { eventually, pageId, psid, readReply, resetTest, startTest, type TestSimulator } from "./testing.ts";

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

beforeEach(() => resetTest(on));

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

const many = (count: number, item: object) => Array.from({ length: count }, () => item);
const reply = { content_type: "text", title: "A", payload: "A" };

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
])("the Send API accepts %s and its echo is equal", async (_, message) => {
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

test("a CDN URL expires and refuses a forged signature", async () => {
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
  ["a reply to nothing", { text: "a" }, { reply_to: { mid: "m_x" } }, 100, 2018032],
  ["a reply inside the message", { text: "a", reply_to: { mid: "m_x" } }, {}, 100, undefined],
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
