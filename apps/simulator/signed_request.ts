import { createHmac } from "node:crypto";

/** The `signed_request` of the deauthorize and data-deletion callbacks (platform.md 6.6). */
export function signedRequest(appSecret: string, userId: string): string {
  const issuedAt = Math.floor(Date.now() / 1000);
  const claims = { algorithm: "HMAC-SHA256", expires: issuedAt + 3600, issued_at: issuedAt, user_id: userId };
  const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
  return `${createHmac("sha256", appSecret).update(payload).digest("base64url")}.${payload}`;
}
