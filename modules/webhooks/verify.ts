import { constantTimeEqual, sha256Hex } from "#std";
import { problem } from "./problems.ts";

/** The query of Meta's handshake when the callback URL is saved. */
export interface Handshake {
  "hub.mode"?: string | undefined;
  "hub.verify_token"?: string | undefined;
  "hub.challenge"?: string | undefined;
}

/** Returns the challenge; throws a 403 Problem if the request is not Meta's. */
export function answerHandshake(verifyToken: string, query: Handshake): string {
  const challenge = query["hub.challenge"];
  // Hashed, so that the time does not reveal even the token's length.
  const isToken = constantTimeEqual(sha256Hex(query["hub.verify_token"] ?? ""), sha256Hex(verifyToken));
  if (verifyToken !== "" && query["hub.mode"] === "subscribe" && isToken && challenge) return challenge;
  throw problem("verify-token-wrong");
}
