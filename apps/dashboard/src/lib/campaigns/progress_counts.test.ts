import { expect, test } from "vitest";
import type { CampaignCounts } from "../api/campaigns.ts";
import { countsAfter, forward, SendRate } from "./progress_counts.ts";
import { countsOf } from "./testing.ts";

const counts = (part: Partial<CampaignCounts>) => countsOf({ planned: 100, ...part });

test("forward() never decreases a number, and open messages are always the rest", () => {
  const shown = counts({ sent: 60, failed: 2, queued: 28, sending: 10 });
  const late = counts({ sent: 40, failed: 1, queued: 49, sending: 10 });

  const next = forward(shown, late);

  expect(next).toMatchObject({ sent: 60, failed: 2, sending: 10, queued: 28 });
  expect(next.sent + next.failed + next.queued + next.sending).toBe(100);
});

test("countsAfter() takes failures back only when a campaign that was over begins again", () => {
  const failed = counts({ planned: 10, sent: 7, failed: 3 });
  const again = counts({ planned: 10, sent: 7, queued: 3 });

  const begun = countsAfter({ status: "completed", counts: failed }, { status: "running", counts: again });
  const late = countsAfter({ status: "running", counts: failed }, { status: "running", counts: again });

  expect(begun).toEqual(again);
  expect(late.failed).toBe(3);
});

test("forward() ends with nothing open when everyone has an outcome", () => {
  const next = forward(counts({ sent: 90, queued: 5, sending: 5 }), counts({ sent: 97, failed: 3 }));

  expect(next).toMatchObject({ queued: 0, sending: 0, unknown: 0 });
});

test("SendRate measures the last three seconds, one point a second", () => {
  const rate = new SendRate();
  expect(rate.now).toBeNull();
  for (const [at, sent] of [
    [0, 0],
    [1000, 300],
    [2000, 600],
    [1500, 650],
    [3000, 900],
    [3040, 900],
    [10_000, 900],
    [11_000, 1000],
  ] as const)
    rate.add(at, sent);

  expect(rate.now).toBe(100);
  expect(rate.points.map((point) => point.perSecond)).toEqual([300, 300, 300, 0, 100]);
});

test("SendRate is not moved by a reading that comes late", () => {
  const rate = new SendRate();
  rate.add(1000, 0);
  rate.add(2000, 300);
  rate.add(1500, 650);

  expect(rate.now).toBe(300);
});
