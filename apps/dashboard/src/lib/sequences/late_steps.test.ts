import { expect, test } from "vitest";
import { emptyUtility } from "../templates/content_draft.ts";
import { lateWords } from "./late_steps.ts";
import { emptySequence, newStep, type SequenceDraft } from "./sequence_draft.ts";

function sequence(change: (draft: SequenceDraft) => void = () => undefined): SequenceDraft {
  const draft = emptySequence();
  draft.steps.push(newStep({ count: 20, unit: "hours" }), newStep({ count: 4, unit: "hours" }));
  change(draft);
  return draft;
}

const late = (draft: SequenceDraft) => draft.steps.map((_, index) => lateWords(draft, index) !== null);

test("lateWords() warns of the step by which a day has passed without a word from the person", () => {
  expect(late(sequence())).toEqual([false, false, true]);
});

test("lateWords() counts the silence that begins it", () => {
  const silent = (count: number, unit: "hours" | "days") =>
    sequence(({ trigger }) => {
      trigger.kind = "inactivity";
      trigger.silence = { count, unit };
    });

  expect(late(silent(23, "hours"))).toEqual([false, true, true]);
  expect(late(silent(1, "days"))).toEqual([true, true, true]);
});

test("lateWords() is silent where a template is sent, or the person has just answered", () => {
  const draft = sequence(({ steps }) => {
    const [, second, third] = steps;
    if (second) second.content.utility = emptyUtility();
    if (third) third.condition = "replied";
  });

  expect(late(draft)).toEqual([false, false, false]);
});
