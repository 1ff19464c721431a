import { defineProblems, defineSentences, defineThings } from "#std";

defineThings(["conversation", "view", "quoted-message", "message"]);

export const say = defineSentences({
  "assignee-cannot-reply": "This person cannot reply here: choose another",
  "assignees-missing": "Choose at least one person",
});

export const problem = defineProblems({
  "thread-unowned": [
    409,
    "Cannot release the conversation: no app controls it",
    "There is nothing to release",
  ],
  "thread-not-ours": [
    409,
    "Cannot release the conversation: {owner} controls it",
    "There is nothing to release",
  ],
  "thread-already-ours": [
    409,
    "Cannot take control of the conversation: MessageSender already controls it",
    "Write your reply",
  ],
  "routing-off": [
    409,
    "Cannot take over the conversation: Conversation Routing is off for this page",
    "Request control instead, or turn Conversation Routing on in the page's settings on Facebook",
  ],
  "take-control-off": [
    409,
    "Cannot take over the conversation: this app is not allowed to take control",
    "In the page's settings on Facebook, open Advanced messaging and allow this app to take control",
  ],
  "routing-on": [
    409,
    "Cannot request control of the conversation: Conversation Routing is on for this page",
    "Take over instead",
  ],
  "reaction-refused": [
    409,
    "Cannot react to this message: the contact did not write it",
    "React to a message of the contact",
  ],
  "assignment-rules-invalid": [422, "Cannot save the assignment rules: {mistake}"],
  "search-order": [
    422,
    "Cannot search from the oldest conversation: a search starts with the newest",
    'Leave out "sort" or "search"',
  ],
  "assignee-not-member": [
    422,
    "Cannot assign the conversation: this person is not a member of the workspace",
    "Choose a member",
  ],
  "assignee-sees-not": [
    422,
    "Cannot assign the conversation: this member does not see its page",
    "Choose a member who sees the page",
  ],
  "snooze-time": [
    422,
    'Cannot snooze: "status" snoozed and "snoozedUntil" belong together',
    "Send both, or neither",
  ],
  "snooze-out-of-range": [
    422,
    "Cannot snooze: the time is in the past or more than a year away",
    "Choose a time in the future, within a year",
  ],
  "nothing-to-change": [
    422,
    "Cannot change the conversation: the request changes nothing",
    'Send "status" or "assigneeId"',
  ],
  "too-many-views": [
    409,
    "Cannot save this view: you already have {most}, the most allowed",
    "Delete one first",
  ],
});
