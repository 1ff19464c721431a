import { timingSafeEqual } from "node:crypto";
import { problem } from "./problems.ts";

export interface SignedBodyOptions {
  /** App secrets; each is valid for signatures. */
  appSecrets: readonly string[];
  /** Shared by all requests of a process with its limits; this module's by default. */
  bodies?: BodyReader | undefined;
}

/**
 * Reads the body of a POST that Meta signed. Throws Problem signature-missing, signature-wrong or
 * webhook-secret-missing, and those of BodyReader. Reads nothing before the signature header has the right form.
 */
export async function readSignedBody(
  request: Request,
  { appSecrets, bodies = allBodies }: SignedBodyOptions,
): Promise<Uint8Array> {
  const header = request.headers.get("x-hub-signature-256");
  refuse(judgeHeader(appSecrets, header));
  const { body, done } = await bodies.read(request);
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

const refusals = {
  missing: () => problem("signature-missing"),
  wrong: () => problem("signature-wrong"),
  "no-secret": () => problem("webhook-secret-missing"),
};

/** Why a body is not believed, or that it is. */
export type SignatureVerdict = "valid" | "missing" | "wrong" | "no-secret";

const shape = /^sha256=[0-9a-f]{64}$/;

/** The decision by the header alone, before any byte of the body is read; null if the signature must be checked. */
function judgeHeader(
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

const mb = 1024 * 1024;

/** Meta's bodies have at most 1,000 small events; a larger one is refused. */
const longestBodyBytes = 12 * mb;
/** A body of at most this announced size comes in one piece and is read without checks per piece. */
const smallBytes = 64 * 1024;

export interface BodyLimits {
  /** Limit of small bodies in progress, by announced size; 16 MB by default. */
  smallBytes?: number;
  /** Limit of other bodies in progress, by received bytes; 32 MB by default. */
  largeBytes?: number;
  /** How long one body may take; 10 seconds by default. */
  mostMs?: number;
}

export interface BodyReader {
  /**
   * Reads a body of which nobody knows yet whether Meta sent it. The bytes count until `done` was called.
   * Throws Problem webhook-too-large, too-many-bodies (503) and body-too-slow (408).
   */
  read(request: Request): Promise<{ body: Uint8Array; done(): void }>;
}

/**
 * Limits the bytes of all connections before their signature is verified. Small and large bodies have separate
 * limits, so a flood of large ones does not refuse Meta's usual events. The announced size of a large body does not
 * count: announcing costs no memory and would let a few connections block all others.
 */
export function createBodyReader(limits: BodyLimits = {}): BodyReader {
  const { mostMs = 10_000 } = limits;
  const small = createBudget(limits.smallBytes ?? 16 * mb);
  const large = createBudget(limits.largeBytes ?? 32 * mb);

  async function readLarge(stream: ReadableStream<Uint8Array>, take: (bytes: number) => void) {
    const reader = stream.getReader();
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    const until = performance.now() + mostMs;
    try {
      for (;;) {
        const { value } = await inTime(reader.read(), until - performance.now());
        if (value === undefined) return Buffer.concat(pieces, bytes);
        bytes += value.byteLength;
        if (bytes > longestBodyBytes) throw tooLarge();
        take(value.byteLength);
        pieces.push(value);
      }
    } catch (error) {
      // Discard the rest as it arrives.
      await reader.cancel().catch(() => undefined);
      throw error;
    }
  }

  return {
    async read(request) {
      const announced = announcedBytes(request.headers);
      if (announced !== null && announced > longestBodyBytes) throw tooLarge();
      const isSmall = announced !== null && announced <= smallBytes;
      const budget = isSmall ? small : large;
      let held = 0;
      function take(bytes: number): void {
        budget.take(bytes);
        held += bytes;
      }
      function done(): void {
        budget.give(held);
        held = 0;
      }
      try {
        if (isSmall) {
          take(announced);
          return { body: new Uint8Array(await inTime(request.arrayBuffer(), mostMs)), done };
        }
        return { body: request.body ? await readLarge(request.body, take) : new Uint8Array(), done };
      } catch (error) {
        done();
        throw error;
      }
    },
  };
}

/** Null for a chunked body without a known length. */
function announcedBytes(headers: Headers): number | null {
  const length = headers.get("content-length");
  return length === null || headers.has("transfer-encoding") ? null : Number(length);
}

function createBudget(most: number) {
  let used = 0;
  return {
    take(bytes: number): void {
      if (used + bytes > most) throw tooMany();
      used += bytes;
    },
    give(bytes: number): void {
      used -= bytes;
    },
  };
}

async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(tooSlow()), Math.max(0, ms));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const tooLarge = () => problem("webhook-too-large", { most: longestBodyBytes / mb });

const tooMany = () => problem("too-many-bodies", {}, { retryAfterSeconds: 5 });

const tooSlow = () => problem("body-too-slow");

const allBodies = createBodyReader();
