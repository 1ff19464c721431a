import { expect, test } from "vitest";
import { answeredError } from "./error.ts";
import { refusedFields } from "./subscription.ts";

const asked = ["messages", "message_reads", "feed", "leadgen"];
const refusal = (code: number, message: string) => answeredError({ code, message, subcode: null }, 400, null);

test.each([
  [
    "one field",
    200,
    "(#200) To subscribe to the messages field, one of these permissions is needed: pages_messaging",
    [{ field: "messages", permissions: ["pages_messaging"] }],
  ],
  [
    "two fields in one sentence",
    200,
    "(#200) To subscribe to the messages, message_reads fields, one of these permissions is needed: pages_messaging.",
    [
      { field: "messages", permissions: ["pages_messaging"] },
      { field: "message_reads", permissions: ["pages_messaging"] },
    ],
  ],
  [
    "a sentence for each field",
    200,
    "(#200) To subscribe to the feed field, one of these permissions is needed: pages_show_list, pages_manage_metadata. To subscribe to the leadgen field, one of these permissions is needed: leads_retrieval",
    [
      { field: "feed", permissions: ["pages_show_list", "pages_manage_metadata"] },
      { field: "leadgen", permissions: ["leads_retrieval"] },
    ],
  ],
  ["no field", 200, "(#200) Requires pages_manage_metadata permission to manage the object", []],
  [
    "an unknown field by its place",
    100,
    "(#100) Param subscribed_fields[2] must be one of the known fields",
    [{ field: "feed", permissions: [] }],
  ],
  [
    "unknown fields by the list of known ones",
    100,
    "(#100) Param subscribed_fields[2] must be one of {messages, message_reads, mention}",
    [
      { field: "feed", permissions: [] },
      { field: "leadgen", permissions: [] },
    ],
  ],
  ["another error", 190, "To subscribe to the feed field, a token is needed", []],
])("refusedFields() reads %s", (_, code, message, expected) => {
  expect(refusedFields(refusal(code, message), asked)).toEqual(expected);
});
