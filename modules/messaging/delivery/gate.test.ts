import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createGate, latestMs, sliceMs } from "./gate.ts";
import { ratesOf } from "./rates.ts";

interface Way {
  /** Milliseconds to Meta and back, at least. */
  thereMs: number;
  backMs: number;
  /** Extra delays, call by call, repeated. */
  jitterMs: number[];
  /** At these times the process or Meta pauses this long. */
  stalls: { at: number; ms: number }[];
}

interface Item {
  claimedAt: number;
  isReply: boolean;
  askedAt: number;
}

/** Runs a gate for so long as workers do: filled each half slice, looked at each 2 ms. Returns arrivals at Meta. */
function run(
  perSecond: number,
  way: Way,
  { seconds, replies = [] }: { seconds: number; replies?: number[] },
) {
  const gate = createGate<Item>();
  gate.setRates(ratesOf({ limitPerSecond: perSecond, share: 1, shareAgeSeconds: 0 }));
  const arrivals: { at: number; isReply: boolean; waitedMs: number }[] = [];
  let answers: { leftAt: number; at: number; isReply: boolean }[] = [];
  const toCome = [...replies];
  let calls = 0;
  let goneBack = 0;
  for (let now = 1_000; now < 1_000 + seconds * 1000; now += 2) {
    const stall = way.stalls.find(({ at, ms }) => now >= 1_000 + at && now < 1_000 + at + ms);
    if (stall) continue;
    for (const { leftAt, isReply } of answers.filter(({ at }) => at <= now))
      gate.answered(leftAt, now, isReply);
    answers = answers.filter(({ at }) => at > now);
    while ((toCome[0] ?? Infinity) + 1_000 <= now) {
      toCome.shift();
      if (gate.room(now, true) > 0) gate.add([{ claimedAt: now, isReply: true, askedAt: now }]);
      else goneBack += 1;
    }
    if (now % (sliceMs / 2) < 2) {
      const room = gate.room(now, false);
      gate.add(Array.from({ length: room }, () => ({ claimedAt: now, isReply: false, askedAt: now })));
    }
    gate.run(now, {
      leave({ isReply, askedAt }) {
        const jitter = way.jitterMs[calls % way.jitterMs.length] ?? 0;
        calls += 1;
        // Half of the delay is before Meta.
        const at = now + way.thereMs + jitter / 2;
        arrivals.push({ at, isReply, waitedMs: now - askedAt });
        answers.push({ leftAt: now, at: at + way.backMs + jitter / 2, isReply });
      },
      goBack() {
        goneBack += 1;
      },
    });
  }
  return { arrivals, goneBack };
}

function timesOfCampaigns(arrivals: { at: number; isReply: boolean }[]): number[] {
  return arrivals.filter(({ isReply }) => !isReply).map(({ at }) => at);
}

function peak(times: number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [index, at] of sorted.entries()) {
    while (at - (sorted[first] ?? at) >= 1_000) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

const way = fc.record({
  thereMs: fc.integer({ min: 0, max: 80 }),
  backMs: fc.integer({ min: 0, max: 80 }),
  jitterMs: fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 40 }),
  stalls: fc.array(
    fc.record({ at: fc.integer({ min: 0, max: 4_000 }), ms: fc.integer({ min: 1, max: 900 }) }),
    {
      maxLength: 4,
    },
  ),
});

test("createGate() never exceeds the limit in any second at Meta, with any network delays", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 400 }),
      way,
      fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 300 }),
      (perSecond, given, replies) => {
        const { arrivals } = run(perSecond, given, {
          seconds: 5,
          replies: replies.toSorted((a, b) => a - b),
        });

        expect(peak(arrivals.map(({ at }) => at))).toBeLessThanOrEqual(perSecond);
        if (perSecond >= 20)
          expect(peak(timesOfCampaigns(arrivals))).toBeLessThanOrEqual(Math.floor(perSecond * 0.8));
      },
    ),
    { numRuns: 150 },
  );
});

test("createGate() never gives campaigns more than four fifths in a second at Meta, even after a pause", () => {
  const standstills = [1_500, 3_100, 3_600, 4_700, 6_000].map((at) => ({ at, ms: 140 }));
  const { arrivals } = run(300, { ...usual, stalls: standstills }, { seconds: 8 });

  expect(peak(timesOfCampaigns(arrivals))).toBeLessThanOrEqual(240);
});

const usual: Way = { thereMs: 2, backMs: 19, jitterMs: [0, 1, 0, 6, 2, 14, 0, 3, 1, 9], stalls: [] };

test("createGate() uses at least 98 % of four fifths for a campaign alone, and 98 % of all with replies", () => {
  const everyOther = Array.from({ length: 16_000 }, (_, n) => n * 1.25);
  const alone = run(300, usual, { seconds: 20 });
  const both = run(300, usual, { seconds: 20, replies: everyOther });

  expect(alone.arrivals.length / 20).toBeGreaterThan(0.98 * 240);
  expect(both.arrivals.length / 20).toBeGreaterThan(0.98 * 300);
});

test("createGate() sends a reply at once while a campaign uses its whole share", () => {
  const { arrivals } = run(300, usual, {
    seconds: 10,
    replies: Array.from({ length: 90 }, (_, n) => n * 100),
  });

  const replies = arrivals.filter(({ isReply }) => isReply);
  expect(replies).toHaveLength(90);
  for (const { waitedMs } of replies) expect(waitedMs).toBeLessThan(25);
});

test("createGate() sends a reply at once while a campaign makes up for a pause", () => {
  const { arrivals } = run(
    300,
    { ...usual, stalls: [1_500, 3_100, 4_700].map((at) => ({ at, ms: 140 })) },
    { seconds: 7, replies: Array.from({ length: 220 }, (_, n) => n * 28) },
  );

  const replies = arrivals.filter(({ isReply }) => isReply);
  expect(replies).toHaveLength(220);
  for (const { waitedMs } of replies) expect(waitedMs).toBeLessThan(25);
});

test("createGate() returns messages that cannot leave in time, and holds up to a slice", () => {
  const gate = createGate<Item>();
  gate.setRates(ratesOf({ limitPerSecond: 20, share: 1, shareAgeSeconds: 0 }));
  const back: Item[] = [];
  const room = gate.room(0, false);
  gate.add(Array.from({ length: room }, () => ({ claimedAt: 0, isReply: false, askedAt: 0 })));

  gate.closeUntil(10_000);
  gate.run(latestMs + 1, { leave: () => undefined, goBack: (item) => void back.push(item) });

  expect(room).toBe(5);
  expect(back).toHaveLength(5);
  expect(gate.room(latestMs + 1, false)).toBe(0);
});

test("createGate() sends at most the allowed number at once, replies first, and the rest right after", () => {
  const gate = createGate<Item>();
  gate.setRates(ratesOf({ limitPerSecond: 5_000, share: 1, shareAgeSeconds: 0 }));
  gate.add(Array.from({ length: 100 }, () => ({ claimedAt: 1_000, isReply: false, askedAt: 1_000 })));
  gate.add([{ claimedAt: 1_000, isReply: true, askedAt: 1_000 }]);
  const left: Item[] = [];
  const how = { leave: (item: Item) => void left.push(item), goBack: () => undefined };

  const next = gate.run(1_000, { ...how, most: 30 });
  const first = [...left];
  gate.run(next, how);

  expect(first.map(({ isReply }) => isReply)).toEqual([true, ...Array(29).fill(false)]);
  expect(next).toBe(1_000);
  expect(left).toHaveLength(101);
});
