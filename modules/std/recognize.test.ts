import { expect, test } from "vitest";
import { defineSentences, defineTerms, recognize, wordsOf } from "#std";

defineTerms("test-work", { plan: "planning it", start: "starting it" });
const say = defineSentences({
  "test-paused-by": "Tested by {name}",
  "test-slow": "Tested: {work@test-work} took {count} tries. Try again, {name}",
  "test-any": "Tested: {why}",
  "test-plain": "Tested nothing",
});

test("recognize() finds the sentence that a stored text was made from, with its values", () => {
  const made = [
    say("test-paused-by", { name: "Ada {x} Tested by Bo" }),
    say("test-slow", { work: "start", count: "3", name: "Ada. Try again, Bo" }),
    say("test-any", { why: "the disk is full" }),
    say("test-plain"),
  ];

  expect(made.map(({ text }) => recognize(text))).toEqual(made.map(wordsOf));
  expect(recognize("Tested: dancing took 3 tries. Try again, Bo")).toEqual({
    code: "test-slow",
    params: { work: "dancing", count: "3", name: "Bo" },
  });
});

test("recognize() knows nothing of other texts, and reads a hostile one at once", () => {
  const hostile = `Tested: ${" took ".repeat(300)}`.slice(0, 1_999);
  const startedAt = performance.now();

  expect(["", "(#10) Meta says so", `Tested by ${"x".repeat(2_000)}`].map(recognize)).toEqual([
    null,
    null,
    null,
  ]);
  expect(recognize(null)).toBeNull();
  expect(recognize(hostile)?.code).toBe("test-any");
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});
