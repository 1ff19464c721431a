import { createHmac } from "node:crypto";
import { Type } from "@sinclair/typebox";
import { constantTimeEqual, parse, trimEnd } from "#std";

/** The content of Meta's deauthorize and data deletion callbacks. */
export interface SignedRequest {
  /** App-scoped id of the person who logged in with Facebook; null when only a page is meant. */
  asid: string | null;
  /** Facebook's id of the page, when the app was removed from one page only. */
  facebookId: string | null;
}

const Id = Type.Optional(Type.Union([Type.String({ pattern: "^[0-9]{1,32}$", maxLength: 32 }), Type.Null()]));
const Claims = Type.Object({ algorithm: Type.Literal("HMAC-SHA256"), user_id: Id, profile_id: Id });

/**
 * Opens Meta's `signed_request`: two parts in base64url, the HMAC-SHA256 of the second under an app secret, and JSON.
 * Null for what no configured app signed.
 * https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback
 */
export function readSignedRequest(secrets: readonly string[], text: string): SignedRequest | null {
  const [given = "", payload = "", ...rest] = text.split(".");
  if (given === "" || payload === "" || rest.length > 0) return null;
  const isSigned = secrets
    .filter(Boolean)
    .map((secret) =>
      constantTimeEqual(
        trimEnd(given, /=/),
        createHmac("sha256", secret).update(payload).digest("base64url"),
      ),
    )
    .includes(true);
  if (!isSigned) return null;
  const claims = parse(Claims, readJson(payload));
  if (!claims.ok) return null;
  return { asid: claims.value.user_id ?? null, facebookId: claims.value.profile_id ?? null };
}

function readJson(payload: string): unknown {
  try {
    // An id beyond 2^53 that Meta wrote as a number would lose its last digits.
    const text = Buffer.from(payload, "base64url").toString();
    return JSON.parse(text.replace(/("(?:user_id|profile_id)"\s*:\s*)(\d+)/g, '$1"$2"'));
  } catch {
    return null;
  }
}
