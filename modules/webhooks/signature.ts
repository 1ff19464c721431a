import { timingSafeEqual } from "node:crypto";

/** Why a body is not believed, or that it is. */
export type SignatureVerdict = "valid" | "missing" | "wrong" | "no-secret";

const shape = /^sha256=[0-9a-f]{64}$/;

/** The decision by the header alone, before any byte of the body is read; null if the signature must be checked. */
export function judgeHeader(
  secrets: readonly string[],
  header: string | null,
): Exclude<SignatureVerdict, "valid"> | null {
  if (secrets.length === 0 || secrets.includes("")) return "no-secret";
  if (header === null || header === "") return "missing";
  return shape.test(header) ? null : "wrong";
}

/**
 * Checks `X-Hub-Signature-256`: HMAC-SHA256 of the bytes on the wire under one of the app secrets. Meta signs its own
 * bytes, with escaped unicode, so do not parse and serialize before. Without a secret nothing is valid.
 * https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads
 */
export function verifySignature(
  secrets: readonly string[],
  header: string | null,
  body: Uint8Array,
): SignatureVerdict {
  const verdict = judgeHeader(secrets, header);
  if (verdict !== null || header === null) return verdict ?? "missing";
  const given = Buffer.from(header.slice(7), "hex");
  let isValid = false;
  // Try all secrets, so that the time does not reveal the matching one.
  for (const secret of secrets) {
    const digest = new Bun.CryptoHasher("sha256", secret).update(body).digest();
    if (timingSafeEqual(digest, given)) isValid = true;
  }
  return isValid ? "valid" : "wrong";
}
