import { expect, test } from "vitest";
import type { Campaign } from "../../api/campaigns.ts";
import { countsOf } from "../testing.ts";
import { audienceOf, bodyOf, draftOf, evenWeights, newDraft, stepProblems } from "./draft.ts";
import { scheduleOf } from "./when_draft.ts";

const now = Date.parse("2026-11-24T12:00:00Z");

function readyDraft() {
  const draft = newDraft("Europe/Berlin");
  draft.name = "Winter sale";
  for (const variant of draft.variants) variant.content.text = "Hello {{first_name|there}}";
  return draft;
}

test("stepProblems() finds nothing in a draft that has a name and a text", () => {
  const problems = stepProblems(readyDraft(), now);

  expect(Object.values(problems).flat()).toEqual([]);
});

test("stepProblems() names the variant, the shares and the passed time", () => {
  const draft = readyDraft();
  draft.variants.push({
    weight: 30,
    content: newDraft("UTC").variants[0]?.content ?? never(),
    template: null,
  });
  draft.when = { ...draft.when, way: "at", date: "2026-11-24", time: "12:59" };

  const problems = stepProblems(draft, now);

  expect(problems.content).toEqual([
    "Variant B: Write the text",
    "The shares of the variants add up to 130%, not 100%",
  ]);
  expect(problems.when).toEqual(["The selected time has passed"]);
});

test("audienceOf() is nothing until the people are chosen", () => {
  const draft = readyDraft();
  draft.audience.way = "segment";

  expect(audienceOf(draft)).toBeNull();
  draft.audience.segmentId = "s1";
  expect(audienceOf(draft)).toEqual({ segmentId: "s1" });
  draft.audience.way = "file";
  expect(audienceOf(draft)).toBeNull();
});

test("scheduleOf() sends weekdays for weeks only, and the end of the last day in the chosen zone", () => {
  const draft = readyDraft();
  draft.when = {
    ...draft.when,
    way: "recurring",
    every: "week",
    weekdays: ["fri", "mon"],
    until: "2026-12-24",
  };

  expect(scheduleOf(draft.when)).toEqual({
    timezone: "Europe/Berlin",
    recurrence: { every: "week", time: "09:00", weekdays: ["mon", "fri"], until: "2026-12-24T22:59:00.000Z" },
  });
  draft.when.every = "day";
  expect(scheduleOf(draft.when)?.recurrence).not.toHaveProperty("weekdays");
});

test("bodyOf() leaves an hour for each person out where everybody gets it at one time", () => {
  const draft = { ...readyDraft(), options: { optimalHour: { withinHours: 24 }, canary: false } };
  expect(bodyOf(draft).options).toEqual({ optimalHour: { withinHours: 24 }, canary: false });

  draft.when = { ...draft.when, way: "at", date: "2026-12-24", inContactZone: true };
  expect(bodyOf(draft).options).toEqual({ canary: false });
});

test("bodyOf() keeps the values of an API client until somebody changes them", () => {
  const schedule = {
    at: "2027-01-05T12:00:00.000Z",
    timezone: "Europe/Berlin",
    recurrence: { every: "day" as const, time: "09:00", until: "2027-02-01T10:00:00.000Z" },
  };
  const variants = [{ weight: 100, templateId: "t1", content: { text: "Hello" } }];
  const draft = draftOf({ ...stored, schedule, variants }, "UTC");

  expect(bodyOf(draft)).toMatchObject({ schedule, variants: [{ weight: 100, templateId: "t1" }] });
  expect(bodyOf(draft).variants?.[0]).not.toHaveProperty("content");
  Object.assign(draft.when, { from: "2027-01-06", until: "" });
  Object.assign(draft.variants[0]?.content ?? never(), { text: "Good day" });
  expect(bodyOf(draft)).toMatchObject({
    schedule: { at: "2027-01-05T23:00:00.000Z" },
    variants: [{ weight: 100, content: { text: "Good day" } }],
  });
  expect(bodyOf(draft).schedule?.recurrence).not.toHaveProperty("until");
});

test("bodyOf() leaves the split test out when there is one variant", () => {
  const draft = readyDraft();
  draft.split = { holdoutPercent: 80, winnerBy: "clicked", afterMinutes: 60 };

  expect(bodyOf(draft).split).toBeNull();
  expect(bodyOf(draft).variants).toEqual([{ weight: 100, content: { text: "Hello {{first_name|there}}" } }]);
});

test("evenWeights() always adds up to 100", () => {
  for (const count of [1, 2, 3, 4]) expect(evenWeights(count).reduce((a, b) => a + b)).toBe(100);
  expect(evenWeights(3)).toEqual([34, 33, 33]);
});

const stored: Campaign = {
  id: "c1",
  name: "Winter sale",
  kind: "window",
  status: "draft",
  statusReason: null,
  audience: { all: true },
  variants: [],
  split: null,
  schedule: null,
  dueAt: null,
  speed: null,
  expiresAt: null,
  options: {},
  counts: countsOf({}),
  perSecond: 0,
  endsAt: null,
  parentId: null,
  occurrenceAt: null,
  approval: null,
  createdById: null,
  createdAt: "2026-11-24T12:00:00.000Z",
  updatedAt: "2026-11-24T12:00:00.000Z",
  launchedAt: null,
  finishedAt: null,
  archivedAt: null,
};

function never(): never {
  throw new Error("unreachable");
}
