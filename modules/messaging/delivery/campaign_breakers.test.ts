import { expect, test } from "vitest";
import { judge, type Results } from "./campaign_breakers.ts";

const options = { failurePercent: 10, optOutPercent: 3, isSequence: false };
const piece = (given: Partial<Results>): Results => ({
  sent: 0,
  failed: 0,
  optedOut: 0,
  errors: {},
  ...given,
});

/** Checks second by second like the ticker; returns the first reason and the seconds until it. */
function run(pieces: Results[]): { reason: string | null; after: number } {
  let kept: Results[] = [];
  for (const [index, next] of pieces.entries()) {
    const judged = judge([...kept, next], options);
    if (judged.reason !== null) return { reason: judged.reason, after: index + 1 };
    kept = judged.kept;
  }
  return { reason: null, after: pieces.length };
}

test("campaign breakers stop a campaign when more than a tenth of its last 200 messages fail, after any number of successes", () => {
  const well = Array.from({ length: 50 }, () => piece({ sent: 100 }));
  const badly = Array.from({ length: 10 }, () => piece({ sent: 40, failed: 10 }));

  const { reason, after } = run([...well, ...badly]);

  expect(reason).toMatch(/^30 of the last 250 messages failed, more than 10 %/);
  expect(after).toBe(53);
});

test("campaign breakers allow a tenth, and ignore few results", () => {
  expect(run(Array.from({ length: 40 }, () => piece({ sent: 90, failed: 10 }))).reason).toBeNull();
  expect(run([piece({ sent: 20, failed: 20 })]).reason).toBeNull();
});

test("campaign breakers count late opt-outs among all messages since the start", () => {
  const sends = Array.from({ length: 20 }, () => piece({ sent: 100 }));

  expect(run([...sends, piece({ optedOut: 60 })]).reason).toBeNull();
  expect(run([...sends, piece({ optedOut: 40 }), piece({ optedOut: 21 })]).reason).toContain(
    "61 of 2000 people opted out, more than 3 %",
  );
});

test("campaign breakers stop after three equal refusals and explain the error", () => {
  const alike = (count: number) => piece({ failed: count, errors: { "100/1893029": count } });

  expect(run([piece({ sent: 150 }), alike(2)]).reason).toBeNull();
  const { reason } = run([piece({ sent: 150 }), alike(2), alike(1)]);
  expect(reason).toMatch(
    /Meta refused 3 messages for the same reason\. The utility template and its values do not fit.*\. Cancel the campaign, and send a corrected copy$/,
  );
  expect(judge([alike(3)], { ...options, isSequence: true }).reason).toMatch(
    /Edit that step, and start the sequence again$/,
  );
});
