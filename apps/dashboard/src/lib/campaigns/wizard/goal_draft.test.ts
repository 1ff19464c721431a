import { expect, test } from "vitest";
import { emptyGoal, goalDraft, goalOf, goalProblems } from "./goal_draft.ts";

test("goalOf() reverses goalDraft()", () => {
  const goals = [
    { on: "clicked", withinDays: 2 },
    { on: "clicked", url: "https://example.com", withinDays: 2 },
    { on: "replied", withinDays: 5 },
    { on: "tagged", tagId: "t1", withinDays: 1 },
    { on: "field", fieldId: "f1", value: false, withinDays: 30 },
  ] as const;

  for (const goal of goals) expect(goalOf(goalDraft(goal))).toEqual(goal);
  expect(goalOf(emptyGoal())).toBeNull();
});

test("goalProblems() lists missing choices, and nothing without a goal", () => {
  expect(goalProblems(emptyGoal())).toEqual([]);
  expect(goalProblems({ ...emptyGoal(), on: "tagged" })).toEqual(["Select the tag of the goal"]);
  expect(goalProblems({ ...emptyGoal(), on: "field", fieldId: "f1" })).toEqual([
    "Select the field of the goal and its value",
  ]);
  expect(goalProblems({ ...emptyGoal(), on: "field", fieldId: "f1", value: 0 })).toEqual([]);
});
