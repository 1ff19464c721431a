import { defineProblems, defineSentences } from "#std";

/** Why a page is at risk. */
export const say = defineSentences({
  "risk-restricted": "Meta restricts this page from sending for now",
  "risk-access": "Facebook no longer accepts the page's access token",
  "risk-failed": "{percent} % of its messages failed",
  "risk-opted-out": "{percent} % of its recipients opted out",
});

export const problem = defineProblems({
  "invalid-range": [
    422,
    "Cannot show this time: `until` must be at most 92 days after `from`",
    "Choose a shorter time",
  ],
});
