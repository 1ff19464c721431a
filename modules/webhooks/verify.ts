import { constantTimeEqual, sha256Hex } from "#std";
import { problem } from "./problems.ts";

/** What Meta asks with when the callback URL is saved. */
export interface Handshake {
  "hub.mode"?: string | undefined;
  "hub.verify_token"?: string | undefined;
  "hub.challenge"?: string | undefined;
}

/** The challenge to answer with; a 403 Problem when the question is not Meta's. */
export function answerHandshake(verifyToken: string, query: Handshake): string {
  const challenge = query["hub.challenge"];
  // Hashed, so that not even the length of the token shows in the time.
  const isToken = constantTimeEqual(sha256Hex(query["hub.verify_token"] ?? ""), sha256Hex(verifyToken));
  if (verifyToken !== "" && query["hub.mode"] === "subscribe" && isToken && challenge) return challenge;
  throw problem("verify-token-wrong");
}
