import { defineProblems } from "#std";

export const problem = defineProblems({
  stopping: [503, "Cannot open the live stream: the server is stopping", "Connect again in a moment"],
  "too-many-streams": [
    429,
    "Cannot open another live stream: you already have {own}",
    "Close some, or wait until they end",
  ],
  "streams-full": [
    503,
    "Cannot open another live stream: the server has reached its limit",
    "Try again in a moment",
  ],
});
