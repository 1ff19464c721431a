import { m } from "#lib/paraglide/messages.js";
import {
  type ContentDraft,
  contentDraft,
  contentOf,
  contentProblems,
  emptyContent,
} from "../templates/content_draft.ts";
import { type Delay, delayOf, delaySeconds } from "./delay.ts";
import type { Sequence, SequenceBody, Step, StepCondition, Trigger, TriggerKind } from "../api/sequences.ts";

/** A step while it is written. */
export interface StepDraft {
  delay: Delay;
  condition: "always" | StepCondition["kind"];
  /** Sent when the condition does not hold. */
  isNot: boolean;
  tagId: string;
  content: ContentDraft;
}

/** The trigger, with a field for each kind, so inputs can bind to them. */
export interface TriggerDraft {
  kind: TriggerKind | "by_hand";
  tagId: string;
  fieldId: string;
  value: string | number | boolean;
  words: string[];
  how: "is" | "contains";
  payload: string;
  silence: Delay;
  pageIds: string[];
  cooldown: Delay;
  maxPerContact: number;
}

export interface SequenceDraft {
  name: string;
  trigger: TriggerDraft;
  steps: StepDraft[];
  exit: { onReply: boolean; onClick: boolean; onTagId: string };
}

export const MOST_STEPS = 50;

export function newStep(delay: Delay = { count: 20, unit: "hours" }): StepDraft {
  return { delay, condition: "always", isNot: false, tagId: "", content: emptyContent() };
}

export function emptySequence(): SequenceDraft {
  return {
    name: "",
    trigger: triggerDraft(null, "keyword"),
    steps: [newStep({ count: 0, unit: "minutes" })],
    exit: { onReply: false, onClick: false, onTagId: "" },
  };
}

export function sequenceDraft({ name, steps, trigger, exit }: Sequence): SequenceDraft {
  return {
    name,
    trigger: triggerDraft(trigger, "by_hand"),
    steps: steps.map((step) => ({
      delay: delayOf(step.delaySeconds),
      condition: step.condition?.kind ?? "always",
      isNot: step.condition?.not ?? false,
      tagId: step.condition?.kind === "has_tag" ? step.condition.tagId : "",
      content: contentDraft(step.content),
    })),
    exit: { ...exit, onTagId: exit.onTagId ?? "" },
  };
}

function triggerDraft(trigger: Trigger | null, kind: TriggerDraft["kind"]): TriggerDraft {
  return {
    kind: trigger?.kind ?? kind,
    tagId: trigger?.kind === "tag_added" ? trigger.tagId : "",
    fieldId: trigger?.kind === "field_matches" ? trigger.fieldId : "",
    value: trigger?.kind === "field_matches" ? trigger.value : "",
    words: trigger?.kind === "keyword" ? trigger.words : [],
    how: trigger?.kind === "keyword" ? trigger.how : "is",
    payload: trigger?.kind === "postback" ? trigger.payload : "",
    silence: silenceOf(trigger),
    pageIds: trigger?.pageIds ?? [],
    cooldown: delayOf(trigger?.cooldownSeconds ?? 86_400),
    maxPerContact: trigger?.maxPerContact ?? 1,
  };
}

// Within the window, so that a message of any kind reaches them.
const SILENCE: Delay = { count: 20, unit: "hours" };

function silenceOf(trigger: Trigger | null): Delay {
  if (trigger?.kind !== "inactivity") return { ...SILENCE };
  return "days" in trigger ? { count: trigger.days, unit: "days" } : { count: trigger.hours, unit: "hours" };
}

const silenceLength = ({ count, unit }: Delay) => (unit === "days" ? { days: count } : { hours: count });

/** The stored form: only the parts of the chosen kinds. */
export function sequenceBody({ name, trigger, steps, exit }: SequenceDraft): SequenceBody {
  return {
    name: name.trim(),
    trigger: triggerOf(trigger),
    steps: steps.map((step) => ({
      delaySeconds: delaySeconds(step.delay),
      condition: conditionOf(step),
      content: contentOf(step.content),
    })),
    exit: { ...exit, onTagId: exit.onTagId || null },
  };
}

function conditionOf({ condition, isNot, tagId }: StepDraft): Step["condition"] {
  if (condition === "always") return null;
  return condition === "has_tag" ? { kind: condition, not: isNot, tagId } : { kind: condition, not: isNot };
}

function triggerOf(draft: TriggerDraft): Trigger | null {
  const often = {
    pageIds: draft.pageIds,
    cooldownSeconds: delaySeconds(draft.cooldown),
    maxPerContact: draft.maxPerContact,
  };
  switch (draft.kind) {
    case "by_hand":
      return null;
    case "tag_added":
      return { kind: draft.kind, tagId: draft.tagId, ...often };
    case "field_matches":
      return { kind: draft.kind, fieldId: draft.fieldId, value: draft.value, ...often };
    case "keyword":
      return { kind: draft.kind, words: draft.words, how: draft.how, ...often };
    case "postback":
      return { kind: draft.kind, payload: draft.payload.trim(), ...often };
    case "inactivity":
      return { kind: draft.kind, ...silenceLength(draft.silence), ...often };
    case "new_contact":
      return { kind: draft.kind, ...often };
  }
}

/** Problems that prevent saving, in the order of the screen. */
export function sequenceProblems({ name, trigger, steps }: SequenceDraft): string[] {
  const problems: string[] = [];
  if (name.trim() === "") problems.push(m.sequences_missing_name());
  if (trigger.kind === "tag_added" && trigger.tagId === "") problems.push(m.sequences_missing_tag());
  if (trigger.kind === "field_matches" && (trigger.fieldId === "" || trigger.value === ""))
    problems.push(m.sequences_missing_field());
  if (trigger.kind === "keyword" && trigger.words.length === 0) problems.push(m.sequences_missing_keywords());
  if (trigger.kind === "postback" && trigger.payload.trim() === "")
    problems.push(m.sequences_missing_payload());
  for (const [index, step] of steps.entries()) {
    if (step.condition === "has_tag" && step.tagId === "")
      problems.push(m.sequences_missing_step_tag({ number: index + 1 }));
    problems.push(
      ...contentProblems(step.content).map((problem) =>
        m.sequences_missing_step({ number: index + 1, problem }),
      ),
    );
  }
  return problems;
}
