import type { RedisClient } from "bun";
import type { Clock } from "./clock.ts";

export interface RateLimitRule {
  /** The counted key, for instance `login:203.0.113.9`. */
  key: string;
  limit: number;
  windowSeconds: number;
}

export interface RateLimitResult {
  allowed: boolean;
  retryAfterSeconds: number;
}

/** Counts in fixed windows, over all processes with Redis, else in this process. */
export interface RateLimiter {
  take(rule: RateLimitRule): Promise<RateLimitResult>;
}

export function createLocalRateLimiter(clock: Clock): RateLimiter {
  const windows = new Map<string, { count: number; endsAt: number }>();
  return {
    async take({ key, limit, windowSeconds }) {
      const now = clock();
      // Bounded: strangers choose the keys.
      if (windows.size > 50_000)
        for (const [name, window] of windows) if (window.endsAt <= now) windows.delete(name);
      if (windows.size > 100_000) windows.clear();
      let window = windows.get(key);
      if (!window || window.endsAt <= now) {
        window = { count: 0, endsAt: now + windowSeconds * 1000 };
        windows.set(key, window);
      }
      window.count += 1;
      return { allowed: window.count <= limit, retryAfterSeconds: Math.ceil((window.endsAt - now) / 1000) };
    },
  };
}

// One round trip and no race between the count and its expiry.
const script = `local n = redis.call('INCR', KEYS[1])
if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {n, redis.call('PTTL', KEYS[1])}`;

/** Redis counts; without it this process counts alone, so callers are neither locked out nor unlimited. */
export function createRedisRateLimiter(redis: RedisClient, clock: Clock): RateLimiter {
  const local = createLocalRateLimiter(clock);
  return {
    async take(rule) {
      try {
        const answer: unknown = await redis.send("EVAL", [
          script,
          "1",
          `ms:limit:${rule.key}`,
          String(rule.windowSeconds * 1000),
        ]);
        if (!Array.isArray(answer)) return await local.take(rule);
        return {
          allowed: Number(answer[0]) <= rule.limit,
          retryAfterSeconds: Math.max(1, Math.ceil(Number(answer[1]) / 1000)),
        };
      } catch {
        return await local.take(rule);
      }
    },
  };
}
