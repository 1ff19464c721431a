import { addressBlock, type AuthDeps, createCallerReader } from "#auth";
import { type Problem } from "#std";
import { problem } from "./problems.ts";

interface Rate {
  name: string;
  route: RegExp;
  perMinute: number;
}

/** Expensive requests, counted separately in addition to the total. */
const rates: readonly Rate[] = [
  { name: "auth", route: /^POST \/api\/v1\/auth\//, perMinute: 120 },
  { name: "transfer", route: /^POST .*\/contacts\/(import|export)$/, perMinute: 30 },
  { name: "file", route: /^GET .*\/(transfers\/[^/]+\/(file|errors)|compliance\/audit)$/, perMinute: 60 },
];

// Signed by Meta, and requested by load balancers: neither is a person at an address.
const free = /^\/(api\/v1\/)?(webhooks\/facebook|health(\/ready)?|metrics)$/;

/** The limit of all sessions behind one address, in multiples of one session's. */
const sessionsPerAddress = 20;

interface Count {
  key: string;
  limit: number;
  whose: "session" | "address";
}

function refused({ limit, whose }: Count, retryAfterSeconds: number): Problem {
  return problem(
    whose === "session" ? "too-many-requests" : "too-many-requests-address",
    { limit, seconds: retryAfterSeconds },
    { retryAfterSeconds },
  );
}

/**
 * Counts API requests, over all processes with Redis: by session for a token that we signed, together with others
 * behind its address, and by address without one. `perMinute` is the total limit; 0 means unlimited. Throws 429
 * `too-many-requests` or `too-many-requests-address`.
 */
export function createRequestRates(
  on: Pick<AuthDeps, "rateLimiter" | "clock" | "config">,
  perMinute: number,
) {
  const all: Rate = { name: "all", route: /^/, perMinute };
  const readCaller = createCallerReader(on);

  async function take(count: Count): Promise<void> {
    const { key, limit } = count;
    const { allowed, retryAfterSeconds } = await on.rateLimiter.take({ key, limit, windowSeconds: 60 });
    if (!allowed) throw refused(count, retryAfterSeconds);
  }

  return async function countRequest(request: Request, path: string, address: string): Promise<void> {
    if (perMinute === 0 || !path.startsWith("/api/v1/") || free.test(path)) return;
    const route = `${request.method} ${path}`;
    const block = addressBlock(address);
    const caller = await readCaller(request, path);
    for (const rate of [...rates, all]) {
      if (!rate.route.test(route)) continue;
      const { name, perMinute: limit } = rate;
      if (caller === null) {
        await take({ key: `requests:${name}:${block}`, limit, whose: "address" });
        continue;
      }
      await take({ key: `requests:${name}:${caller}`, limit, whose: "session" });
      const together = limit * sessionsPerAddress;
      await take({ key: `requests:${name}:sessions:${block}`, limit: together, whose: "address" });
    }
  };
}
