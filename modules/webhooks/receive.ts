import type { Clock } from "#std";
import { Problem, problemResponse } from "#std";
import { type Ingest, IngestUnavailable } from "./ingest.ts";
import type { OwnWordsCache } from "./own_words.ts";
import { readPayload } from "./payload.ts";
import { verifySignature } from "./signature.ts";

/** Bodies of Meta's have at most 1,000 small events; beyond this size a body is refused. */
const longestBodyBytes = 12 * 1024 * 1024;

export interface ReceiveDeps {
  ingest: Ingest;
  clock: Clock;
  /** Words of workspaces that end consent; none: only the built-in ones do. */
  ownWords?: OwnWordsCache;
  config: {
    /** App secrets, each of which may have signed. */
    appSecrets: readonly string[];
  };
}

/**
 * Answers one POST of Meta's: 200 after the commit and not before, 401 or 403 for what Meta did not sign, 413 for what
 * is too large, 503 when it cannot be stored now. What is signed and makes no sense is kept raw and answered 200:
 * Meta would send it again for an hour and then end the subscription.
 */
export async function receiveWebhook(on: ReceiveDeps, request: Request): Promise<Response> {
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > longestBodyBytes) return problemResponse(tooLarge());
  const body = await readBody(request);
  if (body === null) return problemResponse(tooLarge());
  const verdict = verifySignature(on.config.appSecrets, request.headers.get("x-hub-signature-256"), body);
  if (verdict !== "valid") return problemResponse(refusals[verdict]());
  try {
    const events = readPayload(decoder.decode(body), on.clock(), await on.ownWords?.current());
    await on.ingest.store(events, body.byteLength);
  } catch (error) {
    if (error instanceof IngestUnavailable) return problemResponse(unavailable(error));
    throw error;
  }
  return new Response("EVENT_RECEIVED", received);
}

/** The whole body; null when it is too large, which one that does not say its length shows only as it comes. */
async function readBody(request: Request): Promise<Uint8Array | null> {
  if (request.headers.has("content-length") || request.body === null) {
    const body = new Uint8Array(await request.arrayBuffer());
    return body.byteLength > longestBodyBytes ? null : body;
  }
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of request.body) {
    bytes += piece.byteLength;
    if (bytes > longestBodyBytes) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces, bytes);
}

// Bytes that are no UTF-8 become U+FFFD; a byte order mark is no part of the JSON.
const decoder = new TextDecoder("utf-8");
const received = { headers: { "content-type": "text/plain; charset=utf-8" } };

const refusals = {
  missing: () =>
    new Problem(
      "signature-missing",
      401,
      'Cannot accept the webhook: the header "X-Hub-Signature-256" is missing',
    ),
  wrong: () =>
    new Problem(
      "signature-wrong",
      403,
      "Cannot accept the webhook: the signature is not that of a configured app. Check FACEBOOK_APP_SECRET",
    ),
  "no-secret": () =>
    new Problem(
      "webhook-secret-missing",
      403,
      "Cannot accept the webhook: no app secret is configured, so nothing can be believed. Set FACEBOOK_APP_SECRET",
    ),
};

const tooLarge = () =>
  new Problem(
    "body-too-large",
    413,
    `Cannot accept the webhook: it has more than ${longestBodyBytes / 1024 / 1024} MB. Send fewer events in one request`,
  );

const unavailable = (cause: Error) =>
  new Problem("webhook-not-stored", 503, "Cannot store the events now: send them again", {
    retryAfterSeconds: 5,
    cause,
  });
