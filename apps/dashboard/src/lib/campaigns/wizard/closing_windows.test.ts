import { expect, test } from "vitest";
import { closingQuestion } from "./closing_windows.ts";
import { newDraft } from "./draft.ts";

const hour = 3600;

test("closingQuestion() asks for the audience's people whose window closes while the campaign lasts", () => {
  const draft = newDraft("UTC");
  draft.audience = { ...draft.audience, way: "pages", pageIds: ["p1"] };

  expect(closingQuestion(draft, { seconds: 2.5 * hour, segment: null })).toEqual({
    kind: "window",
    audience: {
      conditions: {
        match: "all",
        conditions: [
          { field: "page", op: "any", pageIds: ["p1"] },
          { field: "window", op: "closingWithin", hours: 3 },
        ],
      },
    },
  });
});

test("closingQuestion() takes the segment's own conditions, and cannot ask for a picked one", () => {
  const draft = newDraft("UTC");
  draft.audience = { ...draft.audience, way: "segment", segmentId: "s1" };
  const segment = { match: "any" as const, conditions: [{ field: "window" as const, op: "open" as const }] };

  expect(closingQuestion(draft, { seconds: hour, segment })?.audience).toMatchObject({
    conditions: { conditions: [segment, { hours: 1 }] },
  });
  expect(closingQuestion(draft, { seconds: hour, segment: null })).toBeNull();
});

test("closingQuestion() asks nothing where no window can close: a short one, a later one, a utility template", () => {
  const draft = newDraft("UTC");

  expect(closingQuestion(draft, { seconds: 30, segment: null })).toBeNull();
  expect(closingQuestion({ ...draft, kind: "utility" }, { seconds: hour, segment: null })).toBeNull();
  const later = { ...draft, when: { ...draft.when, way: "at" as const } };
  expect(closingQuestion(later, { seconds: hour, segment: null })).toBeNull();
});
