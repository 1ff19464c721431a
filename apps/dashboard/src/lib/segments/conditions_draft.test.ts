import { expect, test } from "vitest";
import { subjectsWith } from "./condition_subjects.ts";
import { conditionsOf, draftOf, draftProblem, newCondition, newGroup } from "./conditions_draft.ts";
import type { Conditions } from "../api/segments.ts";

const fieldId = "019abf6e-4d2f-7c11-9d0e-5b6f4f1f2a10";
const subjects = subjectsWith([{ id: fieldId, key: "age", label: "Age", type: "number", options: [] }]);

test("saved conditions pass through the form unchanged", () => {
  const saved: Conditions = {
    match: "any",
    conditions: [
      { field: "tags", op: "all", tagIds: [fieldId] },
      { field: "lastInteraction", op: "before", at: "2026-11-24T10:00:07.250+01:00" },
      {
        match: "all",
        not: true,
        conditions: [
          { field: "numberField", op: "between", fieldId, from: 18, to: 30 },
          { field: "window", op: "closingWithin", hours: 2 },
          { field: "campaign", op: "replied", campaignId: fieldId },
          { field: "consent", op: "subscribed" },
        ],
      },
    ],
  };

  expect(conditionsOf(subjects, draftOf(saved))).toEqual(saved);
});

test("an unfinished condition is named, and nothing is asked for meanwhile", () => {
  const tags = subjects.find((one) => one.key === "tags");
  if (!tags) throw new Error("no tags");
  const group = newGroup([newCondition(tags)]);

  expect(draftProblem(subjects, group)).toBe("Complete the condition “Tags include any of”");
  expect(conditionsOf(subjects, group)).toBeNull();
  expect(draftProblem(subjects, newGroup([newGroup([])]))).toContain("Add a condition");
});
