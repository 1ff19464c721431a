import { defineProblems, defineSentences, defineTerms } from "#std";

/** Things that a condition names. */
defineTerms("named", {
  page: "page",
  tag: "tag",
  field: "field",
  campaign: "campaign",
  member: "member",
});

export const say = defineSentences({
  "group-too-deep": "Groups can be nested {most} levels deep: move this one up",
  "group-match": "Choose whether all or any conditions must match",
  "group-not": 'Use true or false for "not"',
  "group-property-unknown": 'A group has only "match", "not" and "conditions"',
  "group-empty": "A group needs at least one condition: add one or remove the group",
  "condition-expected": "Add a condition or a group here",
  "condition-unknown": "The condition is unknown: use one of {known}",
  "comparison-unknown": "The comparison is unknown: use one of {known}",
  "day-invalid": "The date does not exist",
  "too-many-conditions": "A segment has at most {most} conditions: remove some",
  "conditions-expected": 'The conditions must be a group with "match" and "conditions"',
  "condition-names-missing": "This workspace does not have this {kind@named}: choose another",
  "condition-field-type": 'The field has the type "{type}": use the condition {type}Field',
});

export const problem = defineProblems({
  "conditions-invalid": [422, "Cannot use these conditions: {mistake}"],
  "conditions-unreadable": [
    422,
    'Cannot read "conditions": it is not a tree as JSON text',
    "Send valid JSON",
  ],
});

/** For the conditions in a query. */
export const conditionsUnreadable = () => problem("conditions-unreadable");
