import { defineProblems } from "#std";

export const problem = defineProblems({
  "timed-out": [
    503,
    "Cannot answer in time: the server is busy, and the action may have completed",
    "Check its result before you try again",
  ],
  "host-invalid": [
    400,
    "Cannot read the address of this request: the header Host is missing or malformed",
    "Send the name of this server",
  ],
  "body-too-large": [413, "Cannot accept this request: it has more than {most} {unit}", "Send less at once"],
  "length-required": [411, "Cannot accept this request: it does not say its length", "Send Content-Length"],
  "too-many-requests": [
    429,
    "Cannot accept more requests from this session: it made {limit} within a minute",
    "Wait {seconds} seconds and try again",
  ],
  "too-many-requests-address": [
    429,
    "Cannot accept more requests from your address: it made {limit} within a minute",
    "Wait {seconds} seconds and try again",
  ],
});
