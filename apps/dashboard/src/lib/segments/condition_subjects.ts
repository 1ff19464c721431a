import { m } from "#lib/paraglide/messages.js";
import type { CustomField } from "../api/labels.ts";

/** How the value of a comparison is given. */
export type ValueKind =
  | "none"
  | "choices"
  | "choice"
  | "time"
  | "days"
  | "hours"
  | "text"
  | "number"
  | "numbers"
  | "day"
  | "daySpan";

export interface Comparison {
  op: string;
  name: string;
  value: ValueKind;
}

/** The subject of a condition. */
export interface Subject {
  /** The API's field; of a custom field with its id behind a colon. */
  key: string;
  name: string;
  /** Where the API expects the chosen ids or words. */
  choicesIn?: string;
  comparisons: readonly Comparison[];
}

const anyOrNone: readonly Comparison[] = [
  { op: "any", name: m.segments_op_any_of(), value: "choices" },
  { op: "none", name: m.segments_op_none_of(), value: "choices" },
];
const emptyOrFilled: readonly Comparison[] = [
  { op: "filled", name: m.segments_op_filled(), value: "none" },
  { op: "empty", name: m.segments_op_empty(), value: "none" },
];
const inTime: readonly Comparison[] = [
  { op: "within", name: m.segments_op_within(), value: "days" },
  { op: "notWithin", name: m.segments_op_not_within(), value: "days" },
  { op: "before", name: m.segments_op_before(), value: "time" },
  { op: "after", name: m.segments_op_after(), value: "time" },
];

export const builtInSubjects: readonly Subject[] = [
  {
    key: "tags",
    name: m.contacts_tags(),
    choicesIn: "tagIds",
    comparisons: [
      { op: "any", name: m.segments_op_include_any(), value: "choices" },
      { op: "all", name: m.segments_op_include_all(), value: "choices" },
      { op: "none", name: m.segments_op_include_none(), value: "choices" },
    ],
  },
  { key: "page", name: m.ui_page(), choicesIn: "pageIds", comparisons: anyOrNone },
  { key: "engagement", name: m.contacts_engagement(), choicesIn: "values", comparisons: anyOrNone },
  { key: "source", name: m.contacts_source(), choicesIn: "values", comparisons: anyOrNone },
  { key: "locale", name: m.contacts_language(), choicesIn: "values", comparisons: anyOrNone },
  {
    key: "window",
    name: m.contacts_window(),
    comparisons: [
      { op: "open", name: m.segments_op_window_open(), value: "none" },
      { op: "closingWithin", name: m.segments_op_window_closing(), value: "hours" },
      { op: "human", name: m.segments_op_window_human(), value: "none" },
      { op: "closed", name: m.segments_op_window_closed(), value: "none" },
    ],
  },
  {
    key: "consent",
    name: m.contacts_consent(),
    comparisons: [
      { op: "subscribed", name: m.segments_op_subscribed(), value: "none" },
      { op: "unsubscribed", name: m.segments_op_unsubscribed(), value: "none" },
      { op: "blocked", name: m.segments_op_blocked(), value: "none" },
      { op: "unreachable", name: m.segments_op_unreachable(), value: "none" },
      { op: "suppressed", name: m.segments_op_suppressed(), value: "none" },
    ],
  },
  {
    key: "optInToken",
    name: m.segments_opt_in(),
    comparisons: [
      { op: "valid", name: m.segments_op_valid(), value: "none" },
      { op: "none", name: m.segments_op_no_opt_in(), value: "none" },
    ],
  },
  { key: "firstInteraction", name: m.contacts_first_seen(), comparisons: inTime },
  {
    key: "lastInteraction",
    name: m.contacts_last_message(),
    comparisons: [...inTime, { op: "never", name: m.segments_op_never(), value: "none" }],
  },
  {
    key: "campaign",
    name: m.segments_campaign(),
    choicesIn: "campaignId",
    comparisons: [
      { op: "received", name: m.segments_op_received(), value: "choice" },
      { op: "notReceived", name: m.segments_op_not_received(), value: "choice" },
      { op: "replied", name: m.segments_op_replied(), value: "choice" },
      { op: "notReplied", name: m.segments_op_not_replied(), value: "choice" },
    ],
  },
  {
    key: "conversation",
    name: m.contacts_conversation(),
    choicesIn: "statuses",
    comparisons: [
      { op: "any", name: m.segments_op_is(), value: "choices" },
      { op: "none", name: m.segments_op_no_conversation(), value: "none" },
    ],
  },
  {
    key: "assigned",
    name: m.segments_assignee(),
    choicesIn: "userIds",
    comparisons: [
      { op: "to", name: m.segments_op_any_of(), value: "choices" },
      { op: "anybody", name: m.segments_op_assigned(), value: "none" },
      { op: "nobody", name: m.segments_op_unassigned(), value: "none" },
    ],
  },
];

const ofType: Readonly<Record<CustomField["type"], { field: string; comparisons: readonly Comparison[] }>> = {
  text: {
    field: "textField",
    comparisons: [
      { op: "is", name: m.segments_op_is(), value: "text" },
      { op: "contains", name: m.segments_op_contains(), value: "text" },
      { op: "startsWith", name: m.segments_op_starts_with(), value: "text" },
      ...emptyOrFilled,
    ],
  },
  number: {
    field: "numberField",
    comparisons: [
      { op: "equals", name: m.segments_op_is(), value: "number" },
      { op: "below", name: m.segments_op_below(), value: "number" },
      { op: "above", name: m.segments_op_above(), value: "number" },
      { op: "between", name: m.segments_op_between(), value: "numbers" },
      ...emptyOrFilled,
    ],
  },
  date: {
    field: "dateField",
    comparisons: [
      { op: "on", name: m.segments_op_on(), value: "day" },
      { op: "before", name: m.segments_op_date_before(), value: "day" },
      { op: "after", name: m.segments_op_date_after(), value: "day" },
      { op: "between", name: m.segments_op_between(), value: "daySpan" },
      ...emptyOrFilled,
    ],
  },
  dropdown: { field: "dropdownField", comparisons: [...anyOrNone, ...emptyOrFilled] },
  checkbox: {
    field: "checkboxField",
    comparisons: [
      { op: "checked", name: m.segments_op_checked(), value: "none" },
      { op: "unchecked", name: m.segments_op_unchecked(), value: "none" },
    ],
  },
};

/** Every subject of a workspace: the built-in ones and its custom fields. */
export function subjectsWith(fields: readonly CustomField[]): Subject[] {
  return [
    ...builtInSubjects,
    ...fields.map((field): Subject => {
      const { field: apiField, comparisons } = ofType[field.type];
      return {
        key: `${apiField}:${field.id}`,
        name: field.label,
        choicesIn: "values",
        comparisons,
      };
    }),
  ];
}
