import { expect, test } from "vitest";
import { verifySignature } from "./signed_body.ts";
import { answerHandshake } from "./verify.ts";

// A delivery that Meta really signed: the body as it was on the wire, its unicode escaped.
const secret = "e6af24be1d683c8c911949f897eea1f6";
const wire =
  '{"object":"page","entry":[{"id":"1751036168465324","time":1460923697656,"messaging":[{"sender":{"id":"982337261802700"},"recipient":{"id":"1751036168465324"},"timestamp":1460923697635,"message":{"mid":"mid.1460923697625:5c96e8279b55505308","seq":614,"text":"Test \\u00e4\\u00eb\\u00ef"}}]}]}';
const signature = "sha256=3bf62d5bc657e3a17e55fa0095fa29964db507393b05209c260e2c845254968b";
const bytes = new TextEncoder().encode(wire);

test("verifySignature() accepts Meta's signature under any of the secrets", () => {
  expect(verifySignature([secret], signature, bytes)).toBe("valid");
  expect(verifySignature(["another", secret], signature, bytes)).toBe("valid");
});

test("verifySignature() refuses the same JSON in another form, because Meta signs bytes", () => {
  const again = new TextEncoder().encode(JSON.stringify(JSON.parse(wire)));

  expect(verifySignature([secret], signature, again)).toBe("wrong");
});

test.each([
  ["missing", null, "missing"],
  ["empty", "", "missing"],
  ["without its prefix", signature.slice(7), "wrong"],
  ["of the older kind", `sha1=${signature.slice(7, 47)}`, "wrong"],
  ["short", signature.slice(0, -1), "wrong"],
  ["long", `${signature}0`, "wrong"],
  ["upper case", signature.toUpperCase().replace("SHA256", "sha256"), "wrong"],
  ["doubled", `${signature},${signature}`, "wrong"],
  ["with a line break", `${signature}\n`, "wrong"],
  ["no hex", `sha256=${"z".repeat(64)}`, "wrong"],
])("verifySignature() refuses a signature that is %s", (_name, header, verdict) => {
  expect(verifySignature([secret], header, bytes)).toBe(verdict);
});

test("verifySignature() refuses a body with any changed byte", () => {
  for (let i = 0; i < bytes.length; i += 1) {
    const changed = bytes.slice();
    changed[i] = (changed[i] ?? 0) ^ 1;
    expect(verifySignature([secret], signature, changed)).toBe("wrong");
  }
});

test("verifySignature() refuses another app's secret, and everything without a secret", () => {
  expect(verifySignature(["another"], signature, bytes)).toBe("wrong");
  expect(verifySignature([], signature, bytes)).toBe("no-secret");
  expect(verifySignature([""], signature, bytes)).toBe("no-secret");
});

const asked = { "hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "token" };

test("answerHandshake() returns the challenge for the right token", () => {
  expect(answerHandshake("token", asked)).toBe("1158201444");
});

test.each([
  ["another token", { ...asked, "hub.verify_token": "Token" }],
  ["no token", { ...asked, "hub.verify_token": undefined }],
  ["another mode", { ...asked, "hub.mode": "unsubscribe" }],
  ["no challenge", { ...asked, "hub.challenge": undefined }],
])("answerHandshake() refuses %s", (_name, query) => {
  expect(() => answerHandshake("token", query)).toThrow(/verify_token/);
});

test("answerHandshake() refuses when no token is configured", () => {
  expect(() => answerHandshake("", { ...asked, "hub.verify_token": "" })).toThrow(/verify_token/);
});
