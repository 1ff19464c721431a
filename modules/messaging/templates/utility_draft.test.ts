import { expect, test } from "vitest";
import type { NewUtilityTemplate } from "./schema_utility.ts";
import { draftProblems, draftRequest } from "./utility_draft.ts";

const draft = (changes: Partial<NewUtilityTemplate>): NewUtilityTemplate => ({
  pageIds: [],
  name: "order_update",
  language: "en",
  body: "Good news, {{customer}}: your order {{order_id}} is on its way to you.",
  samples: { customer: "John", order_id: "566701" },
  ...changes,
});
const places = (changes: Partial<NewUtilityTemplate>) =>
  draftProblems(draft(changes))
    .map(({ path }) => path)
    .toSorted();

test.each<[string, Partial<NewUtilityTemplate>, string[]]>([
  ["a good one", {}, []],
  ["an empty body", { body: " ", samples: {} }, ["/body", "/body"]],
  ["a body of 1,025 characters", { body: "word ".repeat(205), samples: {} }, ["/body"]],
  ["a header of 61 characters", { header: "x".repeat(61) }, ["/header"]],
  ["a placeholder at the start", { body: "{{customer}}, your order has left us" }, ["/body"]],
  ["a placeholder at the end", { body: "Your order has left us, {{customer}}" }, ["/body"]],
  ["too many placeholders", { body: "Your {{customer}} order {{order_id}} left" }, ["/body"]],
  [
    "names and numbers",
    {
      body: "Your order {{1}} has left us, {{customer}}, and is on its way",
      samples: { "1": "5", customer: "J" },
    },
    ["/body"],
  ],
  ["numbers out of order", { body: "Your order {{2}} has left us today", samples: { "2": "5" } }, ["/body"]],
  ["a bad name", { body: "Your order {{Order-Id}} has left us today" }, ["/body"]],
  ["a name that every object has", { body: "Hello {{constructor}}, here it is" }, ["/samples/constructor"]],
  [
    "a missing sample",
    { header: "{{kind}} update", samples: { customer: "John" } },
    ["/samples/header.kind", "/samples/order_id"],
  ],
  [
    "bad buttons, too many of them",
    {
      buttons: [
        { type: "postback", title: "x".repeat(21), payload: "" },
        { type: "call", title: "Call", phone: "555" },
        { type: "url", title: "Open", url: "https://{{1}}.example.com/" },
        { type: "url", title: "Open", url: "https://shop.example.com/{{1}}" },
      ],
    },
    [
      "/buttons",
      "/buttons/0/payload",
      "/buttons/0/title",
      "/buttons/1/phone",
      "/buttons/2/url",
      "/samples/button.3",
    ],
  ],
])("draftProblems() of %s", (_, changes, expected) => {
  expect(places(changes)).toEqual(expected);
});

test("draftRequest() builds the call of Meta's documentation, and throws all mistakes", () => {
  const request = draftRequest(
    draft({
      header: "{{order_type}} Update",
      samples: { customer: "John", order_id: "566701", "header.order_type": "Order", "button.1": "1 2" },
      buttons: [
        { type: "postback", title: "Track Order", payload: "TRACK" },
        { type: "url", title: "Open", url: "https://www.example.com/orders/{{1}}" },
      ],
    }),
  );

  expect(request).toEqual({
    name: "order_update",
    language: "en",
    category: "UTILITY",
    parameter_format: "NAMED",
    components: [
      {
        type: "HEADER",
        format: "TEXT",
        text: "{{order_type}} Update",
        example: { header_text_named_params: [{ param_name: "order_type", example: "Order" }] },
      },
      {
        type: "BODY",
        text: "Good news, {{customer}}: your order {{order_id}} is on its way to you.",
        example: {
          body_text_named_params: [
            { param_name: "customer", example: "John" },
            { param_name: "order_id", example: "566701" },
          ],
        },
      },
      {
        type: "BUTTONS",
        buttons: [
          { type: "POSTBACK", text: "Track Order", payload: "TRACK" },
          {
            type: "URL",
            text: "Open",
            url: "https://www.example.com/orders/{{1}}",
            example: { url_suffix_example: "https://www.example.com/orders/1%202" },
          },
        ],
      },
    ],
  });
  expect(
    draftRequest(draft({ body: "Your order {{1}} has left us today", samples: { "1": "5" } })),
  ).toMatchObject({
    parameter_format: "POSITIONAL",
    components: [{ example: { body_text: [["5"]] } }],
  });
  expect(() => draftRequest(draft({ body: "", samples: {} }))).toThrow(
    "Cannot use this template: The text is empty: enter one",
  );
});
