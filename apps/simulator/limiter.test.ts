import { array, assert, integer, property } from "fast-check";
import { expect, test } from "vitest";
import { createLimiter } from "./limiter.ts";

test("take() never lets more than the limit into any rolling second, and wastes none", () => {
  assert(
    property(
      array(integer({ min: 0, max: 400 }), { maxLength: 200 }),
      integer({ min: 1, max: 7 }),
      (gaps, limit) => {
        let now = 0;
        const limiter = createLimiter(() => now);
        const accepted: number[] = [];

        for (const gap of gaps) {
          now += gap;
          const inWindow = accepted.filter((at) => now - at < 1000).length;
          const isAccepted = limiter.take("page", limit, 1000);
          expect(isAccepted).toBe(inWindow < limit);
          if (isAccepted) accepted.push(now);
        }
      },
    ),
  );
});

test("take() keeps the newest calls when the limit is lowered live", () => {
  let now = 0;
  const limiter = createLimiter(() => now);
  for (let call = 0; call < 5; call += 1) {
    now = call * 100;
    limiter.take("page", 10, 1000);
  }

  now = 500;
  const whileFull = limiter.take("page", 2, 1000);
  now = 1300;
  const afterASecond = limiter.take("page", 2, 1000);

  expect([whileFull, afterASecond]).toEqual([false, true]);
});
