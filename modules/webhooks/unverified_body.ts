import { problem } from "./problems.ts";

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
