import { randomUUID } from "node:crypto";
import { afterAll, expect, test, vi } from "vitest";
import { createLocalRateLimiter, createRedisRateLimiter, openRedis } from "#std";
import { testRedisUrl } from "../../db/testing.ts";

const redis = openRedis(testRedisUrl());
afterAll(() => redis.close());

test.each(["in this process", "through Redis"])(
  "take() allows the limit within the window, %s",
  async (where) => {
    await vi.waitFor(() => expect(redis.connected).toBe(true));
    const limiter =
      where === "through Redis"
        ? createRedisRateLimiter(redis, Date.now)
        : createLocalRateLimiter(() => 1_000);
    const rule = { key: randomUUID(), limit: 3, windowSeconds: 60 };

    const results = await Promise.all([1, 2, 3, 4].map(() => limiter.take(rule)));

    expect(results.filter((result) => result.allowed)).toHaveLength(3);
    expect(results.at(-1)?.retryAfterSeconds).toBeGreaterThan(50);
  },
);

test("take() starts again after the window", async () => {
  let now = 0;
  const limiter = createLocalRateLimiter(() => now);
  const rule = { key: "k", limit: 1, windowSeconds: 10 };
  await limiter.take(rule);
  expect((await limiter.take(rule)).allowed).toBe(false);

  now = 10_001;

  expect((await limiter.take(rule)).allowed).toBe(true);
});

test("take() counts in this process while Redis is away", async () => {
  const away = openRedis("redis://127.0.0.1:1");
  const limiter = createRedisRateLimiter(away, Date.now);
  const rule = { key: randomUUID(), limit: 1, windowSeconds: 60 };

  const results = [await limiter.take(rule), await limiter.take(rule)];

  expect(results.map((result) => result.allowed)).toEqual([true, false]);
  away.close();
});
