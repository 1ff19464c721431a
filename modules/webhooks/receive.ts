import { type Clock, type Keyring, Problem, problemResponse } from "#std";
import { type Ingest, IngestUnavailable } from "./ingest.ts";
import type { OwnWordsCache } from "./own_words.ts";
import { readPayload } from "./payload.ts";
import { sealTokens } from "./seal_tokens.ts";
import { judgeHeader, type SignatureVerdict, verifySignature } from "./signature.ts";
import { type BodyReader, createBodyReader } from "./unverified_body.ts";
import { problem } from "./problems.ts";

export interface ReceiveDeps {
  ingest: Ingest;
  clock: Clock;
  /** Seals opt-in tokens before anything of an event is stored. */
  keyring: Keyring;
  /** Words of workspaces that end consent; none: only the built-in ones do. */
  ownWords?: OwnWordsCache;
  /** One for all requests of a process, which share its bounds; by default that of this module. */
  bodies?: BodyReader;
  config: {
    /** App secrets, each of which may have signed. */
    appSecrets: readonly string[];
  };
}

const allBodies = createBodyReader();

/**
 * Answers one POST of Meta's: 200 after the commit and not before, 401 or 403 for a body that Meta did not sign, 413
 * for one that is too large, 408 for one that comes too slowly, 503 when it cannot be read or stored now. A body is read
 * only after its signature header has the right form. A signed body that makes no sense is kept raw and answered 200:
 * Meta would send it again for an hour and then end the subscription.
 */
export async function receiveWebhook(on: ReceiveDeps, request: Request): Promise<Response> {
  try {
    const body = await readVerified(on, request);
    const events = readPayload(decoder.decode(body), on.clock(), await on.ownWords?.current());
    sealTokens(on.keyring, events);
    await on.ingest.store(events, body.byteLength);
  } catch (error) {
    if (error instanceof Problem) return problemResponse(error);
    if (error instanceof IngestUnavailable) return problemResponse(unavailable(error));
    throw error;
  }
  return new Response("EVENT_RECEIVED", received);
}

async function readVerified(on: ReceiveDeps, request: Request): Promise<Uint8Array> {
  const { appSecrets } = on.config;
  const header = request.headers.get("x-hub-signature-256");
  refuse(judgeHeader(appSecrets, header));
  const { body, done } = await (on.bodies ?? allBodies).read(request);
  try {
    refuse(verifySignature(appSecrets, header, body));
    return body;
  } finally {
    done();
  }
}

function refuse(verdict: SignatureVerdict | null): void {
  if (verdict !== null && verdict !== "valid") throw refusals[verdict]();
}

// Bytes that are no UTF-8 become U+FFFD; a byte order mark is no part of the JSON.
const decoder = new TextDecoder("utf-8");
const received = { headers: { "content-type": "text/plain; charset=utf-8" } };

const refusals = {
  missing: () => problem("signature-missing"),
  wrong: () => problem("signature-wrong"),
  "no-secret": () => problem("webhook-secret-missing"),
};

const unavailable = (cause: Error) => problem("webhook-not-stored", {}, { retryAfterSeconds: 5, cause });
