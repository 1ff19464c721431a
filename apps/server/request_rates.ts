import { addressBlock } from "#auth";
import { Problem, type RateLimiter } from "#std";

interface Rate {
  name: string;
  route: RegExp;
  perMinute: number;
}

/** What costs more than a read, counted by itself beside the limit of everything. */
const rates: readonly Rate[] = [
  { name: "auth", route: /^POST \/api\/v1\/auth\//, perMinute: 120 },
  { name: "transfer", route: /^POST .*\/contacts\/(import|export)$/, perMinute: 30 },
  { name: "file", route: /^GET .*\/(transfers\/[^/]+\/(file|errors)|compliance\/audit)$/, perMinute: 60 },
];

// Signed by Meta, and asked by load balancers: neither is a person at an address.
const free = /^\/(api\/v1\/)?(webhooks\/facebook|health(\/ready)?|metrics)$/;

/**
 * Counts the requests for the API by the caller's address, over all processes where there is a Redis. `perMinute` is
 * the limit of everything together; 0 counts nothing. Throws 429 `too-many-requests`.
 */
export function createRequestRates(on: { rateLimiter: RateLimiter }, perMinute: number) {
  const all: Rate = { name: "all", route: /^/, perMinute };
  return async function countRequest(request: Request, path: string, address: string): Promise<void> {
    if (perMinute === 0 || !path.startsWith("/api/v1/") || free.test(path)) return;
    const route = `${request.method} ${path}`;
    const block = addressBlock(address);
    for (const rate of [...rates, all]) {
      if (!rate.route.test(route)) continue;
      const { allowed, retryAfterSeconds } = await on.rateLimiter.take({
        key: `requests:${rate.name}:${block}`,
        limit: rate.perMinute,
        windowSeconds: 60,
      });
      if (!allowed)
        throw new Problem(
          "too-many-requests",
          429,
          `Cannot take more requests from your address for now: wait ${retryAfterSeconds} seconds and try again`,
          { retryAfterSeconds },
        );
    }
  };
}
