import { expect, test } from "vitest";
import { parseJson } from "./json.ts";
import { escapedJson, signPayload } from "./signature.ts";

const secret = "0123456789abcdef0123456789abcdef";
const payload = { text: "äöå </b> 👍" };
const wire = String.raw`{"text":"\u00e4\u00f6\u00e5 \u003C\/b> \ud83d\udc4d"}`;

test("escapedJson() writes plain ASCII as Meta does and keeps the meaning", () => {
  const written = escapedJson(payload);

  expect(written).toBe(wire);
  expect(parseJson(written)).toEqual(payload);
});

test("signPayload() signs the escaped bytes and not the readable ones", () => {
  const signed = signPayload(payload, secret);

  // Computed with: printf '%s' '<wire>' | openssl dgst -sha256 -hmac <secret>, and -sha1.
  expect(signed.headers["X-Hub-Signature-256"]).toBe(
    "sha256=d65820dc67b07c3e32784035218ec80aec87de414134ae35030c978c3f4d9e74",
  );
  expect(signed.headers["X-Hub-Signature"]).toBe("sha1=dbe15b4a7990834bcfc88fbb8e53c520edf38f62");
});
