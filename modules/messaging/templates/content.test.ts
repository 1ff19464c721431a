import * as fc from "fast-check";
import { expect, test } from "vitest";
import { checkMessage } from "../../../apps/simulator/message_rules.ts";
import { checkContent, contentProblems, type ContentRules } from "./check_content.ts";
import type { Content } from "./content.ts";
import { addressesOf, fillMessage, isPersonal } from "./fill_message.ts";
import { attachFile, buildMessage } from "./message_form.ts";
import { valuesOf } from "./variables.ts";

const image = "019abf6e-4d2f-7c11-9d0e-5b6f4f1f2a10";
const sound = "019abf6e-4d2f-7c11-9d0e-5b6f4f1f2a11";
const rules: ContentRules = {
  customKeys: new Set(["city", "code"]),
  files: new Map([
    [image, { type: "image", fileKey: "ab/0123456789abcdef0123456789abcd" }],
    [sound, { type: "audio", fileKey: "cd/0123456789abcdef0123456789abcd" }],
  ]),
  utility: ({ name }) =>
    name === "order_update"
      ? {
          name,
          language: "en",
          parameterFormat: "NAMED",
          components: [
            { type: "HEADER", format: "TEXT", text: "{{order_type}} update" },
            { type: "BODY", text: "Hello {{customer}}, your order {{order_id}} left, {{customer}}." },
            {
              type: "BUTTONS",
              buttons: [
                { type: "POSTBACK", text: "Track", payload: "TRACK" },
                { type: "URL", text: "Open", url: "https://www.example.com/orders/{{1}}" },
              ],
            },
          ],
        }
      : undefined,
};
const preview = addressesOf("https://ms.example", null);
const build = (content: Content) => buildMessage(content, rules);
const paths = (content: Content) => contentProblems(content, rules).map(({ path }) => path);
const link = (title = "Open", url = "https://shop.example.com/a") => ({ type: "url" as const, title, url });

test("contentProblems() lists all exceeded limits with number and place", () => {
  const content: Content = {
    text: "x".repeat(641),
    buttons: [link("x".repeat(21)), link(), link(), { type: "call", title: "Call", phone: "5551234" }],
    quickReplies: [...Array.from({ length: 13 }, () => ({ title: "Yes" })), { title: "y".repeat(21) }],
  };

  const problems = contentProblems(content, rules);

  expect(Object.fromEntries(problems.map(({ path, message }) => [path, message]))).toEqual({
    "/text": expect.stringContaining("at most 640"),
    "/buttons": expect.stringContaining("at most 3"),
    "/buttons/0/title": expect.stringContaining("at most 20"),
    "/buttons/3/phone": expect.stringContaining("+15105551234"),
    "/quickReplies": expect.stringContaining("at most 13"),
    "/quickReplies/13/title": expect.stringContaining("at most 20"),
  });
  expect(() => checkContent(content, rules)).toThrow(
    "Cannot use this message: There are 14 quick replies: use at most 13",
  );
});

test.each<[string, Content, string[]]>([
  ["nothing at all", {}, [""]],
  ["an empty list of buttons alone", { buttons: [] }, [""]],
  ["a text of 2,000 characters", { text: "x".repeat(2_000) }, ["/text"]],
  ["buttons without a text", { buttons: [link()] }, ["/text"]],
  ["text and cards in one message", { text: "Hi", cards: [{ title: "A", subtitle: "B" }] }, ["/text"]],
  ["eleven cards", { cards: Array.from({ length: 11 }, () => ({ title: "A", subtitle: "B" })) }, ["/cards"]],
  ["a card with only a title", { cards: [{ title: "A" }] }, ["/cards/0"]],
  [
    "a card with too long texts and a bad button",
    { cards: [{ title: "x".repeat(81), subtitle: "y".repeat(81), buttons: [link("")] }] },
    ["/cards/0/title", "/cards/0/subtitle", "/cards/0/buttons/0/title"],
  ],
  ["buttons beside cards", { cards: [{ title: "A", subtitle: "B" }], buttons: [link()] }, ["/buttons"]],
  ["a file that is not in the library", { mediaFileId: crypto.randomUUID() }, ["/mediaFileId"]],
  ["buttons under a sound", { mediaFileId: sound, buttons: [link()] }, ["/buttons"]],
  ["a bad title under an image", { mediaFileId: image, buttons: [link("")] }, ["/buttons/0/title"]],
  ["a sound as a card's image", { cards: [{ title: "A", mediaFileId: sound }] }, ["/cards/0/mediaFileId"]],
  ["an unknown variable", { text: "Hi {{name}}" }, ["/text"]],
  ["an unknown custom field", { text: "Hi {{custom.size}}" }, ["/text"]],
  ["code", { text: "Hi {{first_name.constructor()}}" }, ["/text"]],
  ["a variable that is not closed", { text: "Hi {{first_name" }, ["/text"]],
  [
    "a title that may end up empty",
    { text: "Hi", quickReplies: [{ title: "{{first_name}}" }] },
    ["/quickReplies/0/title"],
  ],
  [
    "an address that is none",
    { text: "Hi", buttons: [link("A", "javascript:alert(1)")] },
    ["/buttons/0/url"],
  ],
  [
    "an address with a password",
    { text: "Hi", buttons: [link("A", "https://a@b.example/")] },
    ["/buttons/0/url"],
  ],
  [
    "an address in the form of a stored link",
    { text: "Hi", buttons: [link("A", "link:0 https://b.example/")] },
    ["/buttons/0/url"],
  ],
  [
    "a host that a value chooses",
    { text: "Hi", buttons: [link("A", "https://{{custom.code|x}}.example/")] },
    ["/buttons/0/url"],
  ],
])("contentProblems() refuses %s", (_, content, expected) => {
  expect(paths(content).toSorted()).toEqual(expected.toSorted());
});

test.each<[string, Content]>([
  ["a text", { text: "x".repeat(1_999) }],
  ["a text of characters beyond 16 bits", { text: "😀".repeat(1_999) }],
  [
    "three buttons and thirteen quick replies",
    {
      text: "Hi {{first_name|there}}",
      buttons: [
        link(),
        { type: "postback", title: "P", payload: '{"a":{"b":1}}' },
        { type: "call", title: "C", phone: "+15105551234" },
      ],
      quickReplies: Array.from({ length: 13 }, (_, n) => ({ title: `Reply ${n}` })),
    },
  ],
  [
    "ten cards",
    { cards: Array.from({ length: 10 }, () => ({ title: "A", mediaFileId: image, buttons: [link()] })) },
  ],
  ["an image with buttons", { mediaFileId: image, buttons: [{ ...link(), isTracked: true }] }],
  ["a sound", { mediaFileId: sound, quickReplies: [{ title: "Ok" }] }],
])("contentProblems() accepts %s, and so does Meta", (_, content) => {
  const built = build(content);
  const filled = fillMessage(built.message, {}, addressesOf("https://ms.example", crypto.randomUUID()));

  expect(contentProblems(content, rules)).toEqual([]);
  const message = "message" in filled ? filled.message : {};
  const sent = built.mediaFileId === null ? message : attachFile(message, "1854626884821032");
  expect(() => checkMessage(JSON.parse(JSON.stringify(sent)))).not.toThrow();
});

test("a utility template requires exactly its parameters, without characters that Meta refuses", () => {
  const utility = (parameters: Record<string, string>): Content => ({
    utility: { name: "order_update", language: "en", parameters },
  });
  const full = {
    "header.order_type": "Order",
    customer: "{{first_name|customer}}",
    order_id: "566701",
    "button.1": "566 701",
  };

  expect(contentProblems(utility(full), rules)).toEqual([]);
  expect(
    paths(
      utility({ customer: "50% off", order_id: "#1", "button.1": "{{custom.code}}", extra: "x" }),
    ).toSorted(),
  ).toEqual([
    "/utility/parameters/button.1",
    "/utility/parameters/customer",
    "/utility/parameters/extra",
    "/utility/parameters/header.order_type",
    "/utility/parameters/order_id",
  ]);
  expect(paths({ ...utility(full), text: "Hi" })).toEqual(["/text"]);
  expect(paths({ utility: { name: "gone", language: "en", parameters: {} } })).toEqual(["/utility/name"]);

  const { message } = build(utility(full));
  expect(fillMessage(message, { first_name: "Ann" }, preview)).toMatchObject({
    message: {
      template: {
        name: "order_update",
        language: { code: "en" },
        components: [
          { type: "header", parameters: [{ type: "text", parameter_name: "order_type", text: "Order" }] },
          {
            type: "body",
            parameters: [
              { type: "text", parameter_name: "customer", text: "Ann" },
              { type: "text", parameter_name: "order_id", text: "566701" },
            ],
          },
          {
            type: "buttons",
            parameters: [
              { type: "POSTBACK", payload: "TRACK" },
              { type: "URL", url: "566 701" },
            ],
          },
        ],
      },
    },
  });
  for (const value of ["Ann 😀", "$5", "1️⃣", "🇩🇪"])
    expect(fillMessage(message, { first_name: value }, preview)).toHaveProperty("invalid");
});

test("fillMessage() fills values, else fallbacks, and never interprets a value", () => {
  const { message } = build({
    text: "{{first_name|Friend}} of {{ custom.city | nowhere }} at {{page_name}}{{last_name}}",
  });

  const filled = fillMessage(message, { first_name: "{{last_name}} $& $1", page_name: "Shop" }, preview);

  expect(filled).toEqual({
    message: { text: "{{last_name}} $& $1 of nowhere at Shop" },
    fills: { first_name: "{{last_name}} $& $1", page_name: "Shop" },
  });
});

test("fillMessage() refuses a filled text that is too long, and names the limit", () => {
  const { message } = build({ text: "Hi", buttons: [link("Hello {{first_name|you}}")] });

  expect(fillMessage(message, { first_name: "Wolfeschlegelsteinhausen" }, preview)).toEqual({
    invalid: {
      code: "part-too-long",
      params: { part: "button-title", length: 30, most: 20 },
      text: "The button title has 30 characters: use at most 20",
    },
  });
  expect(fillMessage(message, { first_name: "Ann" }, preview)).toHaveProperty("message");
});

test("fillMessage() routes tracked links through the delivery's URL and checks their targets", () => {
  const built = build({
    text: "Hi",
    buttons: [
      link("Plain"),
      { ...link("Mine", "https://shop.example.com/?c={{custom.code}}"), isTracked: true },
    ],
  });
  const addresses = addressesOf("https://ms.example", "019abf6e-4d2f-7c11-9d0e-5b6f4f1f2a10");

  const filled = fillMessage(built.message, { "custom.code": "a b&c" }, addresses);

  expect(built.links).toEqual(["https://shop.example.com/?c={{custom.code}}"]);
  expect(filled).toMatchObject({
    fills: { "custom.code": "a b&c" },
    message: {
      attachment: {
        payload: {
          buttons: [
            { url: "https://shop.example.com/a" },
            { url: "https://ms.example/l/AZq_bk0vfBGdDltvTx8qEA.0" },
          ],
        },
      },
    },
  });
  expect(fillMessage(built.message, { "custom.code": "a b&c" }, preview)).toMatchObject({
    message: { attachment: { payload: { buttons: [{}, { url: "https://shop.example.com/?c=a%20b%26c" }] } } },
  });
  expect(isPersonal(built.message)).toBe(true);
  expect(isPersonal(build({ text: "Hi", buttons: [link()] }).message)).toBe(false);
});

// Possible values of people's data: names in all scripts, characters with a special meaning, and long texts.
const value = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.constantFrom(
    "{{first_name}}",
    "$&",
    "</script>",
    "https://evil.example/",
    "@evil.example",
    "/../..",
    "x".repeat(2_100),
  ),
);
const values = fc
  .record(
    { first_name: value, last_name: value, "custom.city": value, "custom.code": value },
    { requiredKeys: [] },
  )
  .map((row) => valuesOf(row));
const variable = fc.constantFrom(
  "{{first_name}}",
  "{{last_name|Doe}}",
  "{{custom.city}}",
  "{{custom.code|none}}",
);
const words = (most: number) =>
  fc
    .array(fc.oneof(variable, fc.string({ minLength: 1, maxLength: most })), { minLength: 1, maxLength: 5 })
    .map((parts) => parts.join("").slice(0, 200));
const url = fc
  .array(variable, { maxLength: 3 })
  .map((parts) => `https://shop.example.com/a?b=${parts.join("/")}#c`);
const button = fc.oneof(
  fc.record({ type: fc.constant("url" as const), title: words(20), url, isTracked: fc.boolean() }),
  fc.record({ type: fc.constant("postback" as const), title: words(20), payload: words(100) }),
);
const content: fc.Arbitrary<Content> = fc.oneof(
  fc.record({ text: words(100) }),
  fc.record({ text: words(100), buttons: fc.array(button, { minLength: 1, maxLength: 4 }) }),
  fc.record({
    cards: fc.array(
      fc.record({ title: words(80), subtitle: words(80), buttons: fc.array(button, { maxLength: 4 }) }),
      {
        maxLength: 12,
      },
    ),
    quickReplies: fc.array(fc.record({ title: words(20) }), { maxLength: 15 }),
  }),
);

test("Meta accepts every filled message, or fillMessage() gives the reason", () => {
  const addresses = addressesOf("https://ms.example", crypto.randomUUID());
  let taken = 0;
  let refused = 0;

  fc.assert(
    fc.property(content, values, (given, contact) => {
      fc.pre(contentProblems(given, rules).length === 0);
      const { message } = build(given);
      const filled = fillMessage(message, contact, addresses);
      if ("invalid" in filled) {
        refused += 1;
        return;
      }
      taken += 1;
      checkMessage(JSON.parse(JSON.stringify(filled.message)));
      // The stored values are enough to render the same text again.
      expect(fillMessage(message, filled.fills, addresses)).toEqual(filled);
      // No value leads a link to another place.
      for (const [, host] of JSON.stringify(fillMessage(message, contact, preview)).matchAll(
        /"url":"https?:\/\/([^/"]+)/g,
      ))
        expect(host).toBe("shop.example.com");
    }),
    { numRuns: 3_000 },
  );

  expect(taken).toBeGreaterThan(100);
  expect(refused).toBeGreaterThan(10);
});
