import { defineProblems } from "#std";

export const problem = defineProblems({
  "unsubscribe-link-broken": [
    410,
    "Cannot end these mails: the link is incomplete or too old",
    "Sign in and open My account, Notifications",
  ],
});
