import { defineProblems } from "#std";

export const problem = defineProblems({
  "invalid-range": [
    422,
    "Cannot show this time: `until` must be at most 92 days after `from`",
    "Choose a shorter time",
  ],
});
