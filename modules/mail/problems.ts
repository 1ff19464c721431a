import { defineProblems } from "#std";

export const problem = defineProblems({
  "mail-off": [
    409,
    "Cannot send mail: this installation has no mail server",
    "Set SMTP_HOST, or copy the link and send it yourself",
  ],
  "mail-limit": [
    429,
    "Cannot send mail to {address}: it got {most} in the last hour",
    "Wait an hour, or copy the link and send it yourself",
  ],
});
