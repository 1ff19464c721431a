import { type Clock, type Keyring, Problem, problemResponse } from "#std";
import { type Ingest, IngestUnavailable } from "./ingest.ts";
import type { OwnWordsCache } from "./own_words.ts";
import { readPayload } from "./payload.ts";
import { problem } from "./problems.ts";
import { readSignedBody, type SignedBodyOptions } from "./signed_body.ts";

export interface ReceiveDeps {
  ingest: Ingest;
  clock: Clock;
  /** Seals opt-in tokens before anything of an event is stored. */
  keyring: Keyring;
  /** Words of workspaces that end consent; none: only the built-in ones do. */
  ownWords?: OwnWordsCache;
  bodies?: SignedBodyOptions["bodies"];
  config: Pick<SignedBodyOptions, "appSecrets">;
}

/**
 * Handles one POST of Meta: 200 only after the commit, 401 or 403 without Meta's signature, 413 if too large, 408 if
 * too slow, 503 if it cannot be read or stored now. Reads the body only after the signature header has the right
 * form. A signed body without meaning is kept raw and gets 200: otherwise Meta would resend it for an hour and then
 * end the subscription.
 */
export async function receiveWebhook(on: ReceiveDeps, request: Request): Promise<Response> {
  try {
    const body = await readSignedBody(request, { ...on.config, bodies: on.bodies });
    const ownWords = await on.ownWords?.current();
    const events = readPayload(decoder.decode(body), { keyring: on.keyring, now: on.clock(), ownWords });
    await on.ingest.store(events, body.byteLength);
  } catch (error) {
    if (error instanceof Problem) return problemResponse(error);
    if (error instanceof IngestUnavailable) return problemResponse(unavailable(error));
    throw error;
  }
  return new Response("EVENT_RECEIVED", received);
}

// Bytes that are no UTF-8 become U+FFFD; a byte order mark is no part of the JSON.
const decoder = new TextDecoder("utf-8");
const received = { headers: { "content-type": "text/plain; charset=utf-8" } };

const unavailable = (cause: Error) => problem("webhook-not-stored", {}, { retryAfterSeconds: 5, cause });
