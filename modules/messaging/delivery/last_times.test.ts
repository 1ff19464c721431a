import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createLastTimes } from "./page_gates.ts";

test("createLastTimes() keeps each last time for at least the given period", () => {
  const step = fc.record({
    who: fc.constantFrom("ann", "bob", "cem"),
    afterMs: fc.integer({ min: 0, max: 900 }),
  });

  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const times = createLastTimes(1_000);
      const told = new Map<string, number>();
      let now = 0;
      for (const { who, afterMs } of steps) {
        now += afterMs;
        for (const [one, at] of told) if (now - at < 1_000) expect(times.of(one)).toBe(at);
        times.note(who, now);
        told.set(who, now);
        expect(times.of(who)).toBe(now);
      }
    }),
  );
});
