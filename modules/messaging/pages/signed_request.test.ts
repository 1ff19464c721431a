import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { readSignedRequest } from "./signed_request.ts";

const secret = "e6af24be1d683c8c911949f897eea1f6";

function sign(claims: string, key = secret): string {
  const payload = Buffer.from(claims).toString("base64url");
  return `${createHmac("sha256", key).update(payload).digest("base64url")}.${payload}`;
}

const contact = '{"algorithm":"HMAC-SHA256","issued_at":1291836800,"user_id":"218471"}';

test("readSignedRequest() reads a person, a page, and ids that are numbers beyond 2^53", () => {
  const page = '{"algorithm":"HMAC-SHA256","profile_id":24266381753005181,"user_id":null}';

  expect(readSignedRequest([secret], sign(contact))).toEqual({ asid: "218471", facebookId: null });
  expect(readSignedRequest([secret], sign(page))).toEqual({ asid: null, facebookId: "24266381753005181" });
});

test("readSignedRequest() accepts each of several secrets, and padding at the signature's end", () => {
  const [signature = "", payload = ""] = sign(contact).split(".");

  expect(readSignedRequest(["another", secret], `${signature}=.${payload}`)).not.toBeNull();
});

test.each([
  ["another secret", sign(contact, "another")],
  [
    "another payload",
    `${sign(contact).split(".")[0]}.${sign(contact.replace("218471", "218472")).split(".")[1]}`,
  ],
  ["no payload", sign(contact).split(".")[0] ?? ""],
  ["a third part", `${sign(contact)}.x`],
  ["another algorithm", sign(contact.replace("HMAC-SHA256", "none"))],
  ["an id that is none", sign(contact.replace("218471", "' or 1=1"))],
  ["no JSON", sign("hello")],
  ["nothing", ""],
])("readSignedRequest() refuses %s", (_, text) => {
  expect(readSignedRequest([secret], text)).toBeNull();
});

test("readSignedRequest() refuses a signature by an empty secret", () => {
  expect(readSignedRequest([""], sign(contact, ""))).toBeNull();
});
