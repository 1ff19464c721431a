import * as fc from "fast-check";
import { expect, test } from "vitest";
import { drawSlots, latenessMs, type Pace, sliceMs } from "./pace.ts";

const start = 1_700_000_000_000;

/** Draws as workers do, asking whenever the schedule says; returns all slots. */
function run(limit: number, asks: { afterMs: number; isReply: boolean; count: number }[]) {
  const pace: Pace = {
    limitPerSecond: limit,
    share: 1,
    shareAgeSeconds: 0,
    openAt: start,
    reserveAt: start,
    now: start,
  };
  const slots: { at: number; isReply: boolean; askedAt: number }[] = [];
  for (const { afterMs, isReply, count } of asks) {
    pace.now += afterMs;
    const drawn = drawSlots(pace, { isReply, count });
    slots.push(...drawn.times.map((at) => ({ at, isReply, askedAt: pace.now })));
    pace.openAt = drawn.openAt;
    pace.reserveAt = drawn.reserveAt;
  }
  return slots;
}

const asks = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 400 }),
    isReply: fc.boolean(),
    count: fc.integer({ min: 1, max: 400 }),
  }),
  { minLength: 1, maxLength: 60 },
);

test("no second holds more messages than the limit, even when each is as late as it may be", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), asks, (limit, given) => {
      const times = run(limit, given)
        .map(({ at }) => at)
        .toSorted((a, b) => a - b);
      for (const [index, from] of times.entries()) {
        const within = times.findIndex((at) => at >= from + 1_000 + latenessMs);
        expect((within === -1 ? times.length : within) - index).toBeLessThanOrEqual(limit);
      }
    }),
    { numRuns: 300 },
  );
});

test("slots lie within the slice, in order, and never in the past", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), asks, (limit, given) => {
      for (const { at, askedAt } of run(limit, given)) {
        expect(at).toBeGreaterThanOrEqual(askedAt);
        expect(at).toBeLessThanOrEqual(askedAt + sliceMs);
      }
    }),
  );
});

test("a reply finds a slot at once while a campaign takes everything it may", () => {
  const campaign = Array.from({ length: 40 }, () => ({ afterMs: 125, isReply: false, count: 300 }));
  const asked = campaign.flatMap((ask) => [ask, { afterMs: 0, isReply: true, count: 1 }]);

  const replies = run(300, asked).filter(({ isReply }) => isReply);

  expect(replies).toHaveLength(40);
  for (const { at, askedAt } of replies) expect(at - askedAt).toBeLessThan(25);
});

test("a lane that always has something uses nearly all of the limit, and replies alone use it all", () => {
  for (const isReply of [false, true]) {
    const slots = run(
      300,
      Array.from({ length: 80 }, () => ({ afterMs: 125, isReply, count: 300 })),
    );

    expect(slots.length / 10).toBeGreaterThan(isReply ? 260 : 210);
  }
});

test("a clock that was set back holds nothing up for longer than a slice", () => {
  const pace: Pace = {
    limitPerSecond: 300,
    share: 1,
    shareAgeSeconds: 0,
    openAt: start + 3_600_000,
    reserveAt: start + 3_600_000,
    now: start,
  };

  expect(drawSlots(pace, { isReply: false, count: 1 }).nextAt).toBeLessThan(start + 2 * sliceMs);
});
