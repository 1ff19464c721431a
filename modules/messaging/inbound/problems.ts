import { defineProblems } from "#std";

export const problem = defineProblems({
  "opt-in-token-closed": [
    409,
    "Cannot open opt-in tokens of the page {pages} with ENCRYPTION_KEY; {resealed} others are sealed",
    "Append the key that was in use then, ENCRYPTION_KEY=new,old, and run this again",
  ],
});
