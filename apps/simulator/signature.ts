import { createHmac } from "node:crypto";

/** The signed bytes of one webhook delivery. */
export interface SignedBody {
  body: string;
  headers: { "X-Hub-Signature": string; "X-Hub-Signature-256": string };
}

/**
 * JSON as Meta writes it on the wire: everything outside ASCII as `\uXXXX` with lowercase digits, `/` as `\/`
 * and `<` as `\u003C`. The result is plain ASCII, and it is these bytes that Meta signs.
 */
export function escapedJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\u0080-\uffff/<]/g, function escapeUnit(unit) {
    if (unit === "/") return "\\/";
    if (unit === "<") return "\\u003C";
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** Serialises and signs a payload with both of Meta's headers: SHA-256, and the older SHA-1. */
export function signPayload(payload: unknown, appSecret: string): SignedBody {
  const body = escapedJson(payload);
  return {
    body,
    headers: {
      "X-Hub-Signature": `sha1=${createHmac("sha1", appSecret).update(body).digest("hex")}`,
      "X-Hub-Signature-256": `sha256=${createHmac("sha256", appSecret).update(body).digest("hex")}`,
    },
  };
}
