import { m } from "#lib/paraglide/messages.js";
import type { Comparison, Subject } from "./condition_subjects.ts";
import type { Condition, Conditions } from "../api/segments.ts";

/** A condition as it stands in the form: the texts of its fields, whether they are finished or not. */
export interface ConditionDraft {
  key: number;
  subject: string;
  op: string;
  choices: string[];
  text: string;
  to: string;
  /** The moment of an API client behind a time, to the second, which stays while the time does. */
  given?: string;
}

export interface GroupDraft {
  key: number;
  match: "all" | "any";
  not: boolean;
  parts: (ConditionDraft | GroupDraft)[];
}

export const MOST_CONDITIONS = 20;
export const DEEPEST_LEVEL = 5;

let lastKey = 0;
const nextKey = () => (lastKey += 1);

export function isGroup(part: ConditionDraft | GroupDraft): part is GroupDraft {
  return "match" in part;
}

export function newCondition(subject: Subject): ConditionDraft {
  const op = subject.comparisons[0]?.op ?? "";
  return { key: nextKey(), subject: subject.key, op, choices: [], text: "", to: "" };
}

export function newGroup(parts: GroupDraft["parts"]): GroupDraft {
  return { key: nextKey(), match: "all", not: false, parts };
}

export function countConditions(group: GroupDraft): number {
  return group.parts.reduce((sum, part) => sum + (isGroup(part) ? countConditions(part) : 1), 0);
}

/** The campaigns that conditions ask about. */
export function campaignsIn(group: GroupDraft): string[] {
  return group.parts.flatMap((part) =>
    isGroup(part) ? campaignsIn(part) : part.subject === "campaign" ? part.choices : [],
  );
}

export function comparisonOf(subjects: readonly Subject[], draft: ConditionDraft): Comparison | undefined {
  const subject = subjects.find((one) => one.key === draft.subject);
  return subject?.comparisons.find((one) => one.op === draft.op);
}

/** The reason why conditions cannot be counted, in words; null when they are complete. */
export function draftProblem(subjects: readonly Subject[], group: GroupDraft): string | null {
  if (group.parts.length === 0) return m.segments_empty_group();
  for (const part of group.parts) {
    const problem = isGroup(part) ? draftProblem(subjects, part) : conditionProblem(subjects, part);
    if (problem !== null) return problem;
  }
  return null;
}

function conditionProblem(subjects: readonly Subject[], draft: ConditionDraft): string | null {
  const subject = subjects.find((one) => one.key === draft.subject);
  const comparison = comparisonOf(subjects, draft);
  if (!subject || !comparison) return m.segments_no_property();
  const isMissing = {
    none: false,
    choices: draft.choices.length === 0,
    choice: draft.choices.length === 0,
    text: draft.text === "",
    time: draft.text === "",
    day: draft.text === "",
    days: !isWhole(draft.text, 3_650),
    hours: !isWhole(draft.text, 168),
    number: !isNumber(draft.text),
    numbers: !isNumber(draft.text) || !isNumber(draft.to),
    daySpan: draft.text === "" || draft.to === "",
  }[comparison.value];
  return isMissing ? m.segments_incomplete({ property: subject.name, comparison: comparison.name }) : null;
}

const isNumber = (text: string) => text.trim() !== "" && Number.isFinite(Number(text));
const isWhole = (text: string, most: number) => /^[1-9]\d*$/.test(text) && Number(text) <= most;

/** The conditions as the API takes them; null while something is missing. */
export function conditionsOf(subjects: readonly Subject[], group: GroupDraft): Conditions | null {
  return draftProblem(subjects, group) === null ? toGroup(subjects, group) : null;
}

function toGroup(subjects: readonly Subject[], { match, not, parts }: GroupDraft): Conditions {
  return {
    match,
    ...(not ? { not } : {}),
    conditions: parts.map((part) => (isGroup(part) ? toGroup(subjects, part) : toCondition(subjects, part))),
  };
}

function toCondition(subjects: readonly Subject[], draft: ConditionDraft): Condition {
  const [field = "", fieldId] = draft.subject.split(":");
  const condition = {
    field,
    op: draft.op,
    ...(fieldId === undefined ? {} : { fieldId }),
    ...valuesOf(subjects, draft),
  };
  // The server checks which comparisons and values fit a subject, and names the mistakes.
  return condition as Condition;
}

function valuesOf(subjects: readonly Subject[], draft: ConditionDraft): Record<string, unknown> {
  const { text, to, choices, given } = draft;
  const choicesIn = subjects.find((one) => one.key === draft.subject)?.choicesIn ?? "values";
  switch (comparisonOf(subjects, draft)?.value) {
    case "choices":
      return { [choicesIn]: [...choices] };
    case "choice":
      return { [choicesIn]: choices[0] };
    case "text":
    case "day":
      return { value: text };
    case "number":
      return { value: Number(text) };
    case "time":
      return { at: given !== undefined && localTime(given) === text ? given : new Date(text).toISOString() };
    case "days":
      return { days: Number(text) };
    case "hours":
      return { hours: Number(text) };
    case "numbers":
      return { from: Number(text), to: Number(to) };
    case "daySpan":
      return { from: text, to };
    default:
      return {};
  }
}

/** A form for conditions that are saved. */
export function draftOf(group: Conditions): GroupDraft {
  return {
    key: nextKey(),
    match: group.match,
    not: group.not === true,
    parts: group.conditions.map((part) => ("match" in part ? draftOf(part) : draftOfCondition(part))),
  };
}

function draftOfCondition(condition: Condition): ConditionDraft {
  const { field, op, ...values } = condition;
  const given: Record<string, unknown> = { ...values };
  const texts = ["value", "days", "hours", "from"].flatMap((name) => given[name] ?? []).map(String);
  const list = ["tagIds", "pageIds", "values", "statuses", "userIds"].flatMap((name) => given[name] ?? []);
  return {
    key: nextKey(),
    subject: typeof given.fieldId === "string" ? `${field}:${given.fieldId}` : field,
    op,
    choices: typeof given.campaignId === "string" ? [given.campaignId] : list.map(String),
    text: typeof given.at === "string" ? localTime(given.at) : (texts[0] ?? ""),
    to: given.to === undefined ? "" : String(given.to),
    ...(typeof given.at === "string" ? { given: given.at } : {}),
  };
}

/** A moment as a field of type datetime-local shows it. */
function localTime(iso: string): string {
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
