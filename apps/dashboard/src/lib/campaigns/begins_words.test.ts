import { expect, test } from "vitest";
import { beginsWords } from "./begins_words.ts";

const dueAt = "2026-11-29T09:00:00.000Z";
const before = Date.parse("2026-11-29T08:00:00.000Z");
const after = Date.parse("2026-11-29T10:00:00.000Z");
const approval = {
  state: "asked",
  askedById: null,
  decidedById: null,
  note: null,
  at: "2026-11-28T09:00:00.000Z",
} as const;
const recurrence = { every: "day", time: "09:00" } as const;

test("beginsWords() names the time, and the effect of a missing approval", () => {
  expect(beginsWords({ dueAt, approval: null, schedule: { at: dueAt } }, before)).toMatch(
    /^Starts on .+2026/,
  );
  expect(
    beginsWords({ dueAt, approval: { ...approval, state: "given" }, schedule: { at: dueAt } }, after),
  ).toMatch(/^Starts on [^:]+\d:\d\d[^,]*$/);
  expect(beginsWords({ dueAt, approval, schedule: { at: dueAt } }, before)).toMatch(/if approved by then$/);
});

test("beginsWords() explains a time that passed without an approval", () => {
  expect(beginsWords({ dueAt, approval, schedule: { at: dueAt } }, after)).toMatch(
    /^Not approved in time for .+ It starts as soon as it is approved$/,
  );
  expect(beginsWords({ dueAt, approval, schedule: { recurrence } }, after)).toMatch(
    /continues at the next scheduled time$/,
  );
});
