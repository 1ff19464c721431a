import { expect, test } from "vitest";
import { emptySequence, sequenceBody, sequenceDraft, sequenceProblems } from "./sequence_draft.ts";
import type { Sequence } from "../api/sequences.ts";

const stored: Sequence = {
  id: "s1",
  name: "Beans",
  status: "paused",
  statusReason: null,
  trigger: {
    kind: "keyword",
    words: ["beans"],
    how: "contains",
    pageIds: ["p1"],
    cooldownSeconds: 3600,
    maxPerContact: 3,
  },
  steps: [
    { delaySeconds: 0, condition: null, content: { text: "Hello" } },
    {
      delaySeconds: 86_400,
      condition: { kind: "has_tag", not: true, tagId: "t1" },
      content: { text: "Still there?" },
    },
  ],
  exit: { onReply: true, onClick: false, onTagId: "t2" },
  people: { active: 0, finished: 0, exited: 0, removed: 0 },
  sent: 0,
  createdAt: "2026-11-24T00:00:00.000Z",
  launchedAt: null,
  archivedAt: null,
};

test("sequenceBody() reverses sequenceDraft()", () => {
  const { name, trigger, steps, exit } = stored;

  expect(sequenceBody(sequenceDraft(stored))).toEqual({ name, trigger, steps, exit });
  expect(sequenceBody(sequenceDraft({ ...stored, trigger: null })).trigger).toBeNull();
});

test.each([
  [{ days: 14 }, { count: 14, unit: "days" }],
  [{ hours: 20 }, { count: 20, unit: "hours" }],
] as const)("a silence of %o keeps its unit", (length, silence) => {
  const often = { pageIds: [], cooldownSeconds: 0, maxPerContact: 1 };
  const trigger = { kind: "inactivity" as const, ...length, ...often };
  const draft = sequenceDraft({ ...stored, trigger });

  expect(draft.trigger.silence).toEqual(silence);
  expect(sequenceBody(draft).trigger).toEqual(trigger);
});

test("sequenceProblems() lists the missing parts of each step", () => {
  const draft = emptySequence();

  expect(sequenceProblems(draft)).toEqual(["Enter a name", "Enter the keywords", "Step 1: Write the text"]);
});
