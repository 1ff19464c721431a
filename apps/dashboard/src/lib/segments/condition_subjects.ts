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

/** What a condition looks at. */
export interface Subject {
  /** The API's field; of a custom field with its id behind a colon. */
  key: string;
  name: string;
  /** Where the API expects the chosen ids or words. */
  choicesIn?: string;
  comparisons: readonly Comparison[];
}

const anyOrNone: readonly Comparison[] = [
  { op: "any", name: "is one of", value: "choices" },
  { op: "none", name: "is none of", value: "choices" },
];
const emptyOrFilled: readonly Comparison[] = [
  { op: "filled", name: "has a value", value: "none" },
  { op: "empty", name: "has no value", value: "none" },
];
const inTime: readonly Comparison[] = [
  { op: "within", name: "in the last days", value: "days" },
  { op: "notWithin", name: "not in the last days", value: "days" },
  { op: "before", name: "before", value: "time" },
  { op: "after", name: "after", value: "time" },
];

export const builtInSubjects: readonly Subject[] = [
  {
    key: "tags",
    name: "Tags",
    choicesIn: "tagIds",
    comparisons: [
      { op: "any", name: "has one of", value: "choices" },
      { op: "all", name: "has all of", value: "choices" },
      { op: "none", name: "has none of", value: "choices" },
    ],
  },
  { key: "page", name: "Page", choicesIn: "pageIds", comparisons: anyOrNone },
  { key: "engagement", name: "Engagement", choicesIn: "values", comparisons: anyOrNone },
  { key: "source", name: "Came by", choicesIn: "values", comparisons: anyOrNone },
  { key: "locale", name: "Language", choicesIn: "values", comparisons: anyOrNone },
  {
    key: "window",
    name: "Messaging window",
    comparisons: [
      { op: "open", name: "is open", value: "none" },
      { op: "closingWithin", name: "closes within hours", value: "hours" },
      { op: "human", name: "is open for a person's answer only", value: "none" },
      { op: "closed", name: "is closed", value: "none" },
    ],
  },
  {
    key: "consent",
    name: "Consent",
    comparisons: [
      { op: "subscribed", name: "is given", value: "none" },
      { op: "unsubscribed", name: "was withdrawn", value: "none" },
      { op: "blocked", name: "the person is blocked", value: "none" },
      { op: "unreachable", name: "the person cannot be reached", value: "none" },
      { op: "suppressed", name: "the person is on the suppression list", value: "none" },
    ],
  },
  {
    key: "optInToken",
    name: "Opt-in to notifications",
    comparisons: [
      { op: "valid", name: "is valid", value: "none" },
      { op: "none", name: "there is none", value: "none" },
    ],
  },
  { key: "firstInteraction", name: "First seen", comparisons: inTime },
  {
    key: "lastInteraction",
    name: "Last wrote",
    comparisons: [...inTime, { op: "never", name: "never", value: "none" }],
  },
  {
    key: "campaign",
    name: "Campaign",
    choicesIn: "campaignId",
    comparisons: [
      { op: "received", name: "was received:", value: "choice" },
      { op: "notReceived", name: "was not received:", value: "choice" },
      { op: "replied", name: "was answered:", value: "choice" },
      { op: "notReplied", name: "was received, not answered:", value: "choice" },
    ],
  },
  {
    key: "conversation",
    name: "Conversation",
    choicesIn: "statuses",
    comparisons: [
      { op: "any", name: "is", value: "choices" },
      { op: "none", name: "there is none", value: "none" },
    ],
  },
  {
    key: "assigned",
    name: "Assigned",
    choicesIn: "userIds",
    comparisons: [
      { op: "to", name: "to", value: "choices" },
      { op: "anybody", name: "to anybody", value: "none" },
      { op: "nobody", name: "to nobody", value: "none" },
    ],
  },
];

const ofType: Readonly<Record<CustomField["type"], { field: string; comparisons: readonly Comparison[] }>> = {
  text: {
    field: "textField",
    comparisons: [
      { op: "is", name: "is", value: "text" },
      { op: "contains", name: "contains", value: "text" },
      { op: "startsWith", name: "starts with", value: "text" },
      ...emptyOrFilled,
    ],
  },
  number: {
    field: "numberField",
    comparisons: [
      { op: "equals", name: "is", value: "number" },
      { op: "below", name: "is below", value: "number" },
      { op: "above", name: "is above", value: "number" },
      { op: "between", name: "is between", value: "numbers" },
      ...emptyOrFilled,
    ],
  },
  date: {
    field: "dateField",
    comparisons: [
      { op: "on", name: "is on", value: "day" },
      { op: "before", name: "is before", value: "day" },
      { op: "after", name: "is after", value: "day" },
      { op: "between", name: "is between", value: "daySpan" },
      ...emptyOrFilled,
    ],
  },
  dropdown: { field: "dropdownField", comparisons: [...anyOrNone, ...emptyOrFilled] },
  checkbox: {
    field: "checkboxField",
    comparisons: [
      { op: "checked", name: "is checked", value: "none" },
      { op: "unchecked", name: "is not checked", value: "none" },
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
