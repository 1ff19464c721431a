import { defineProblems } from "#std";

export const problem = defineProblems({
  "message-not-failed": [409, "Cannot send this message again: it did not fail", "Write a new one"],
  "invalid-reply": [
    422,
    "Cannot send this reply: it needs exactly one of text, templateId and content",
    "Send one of them",
  ],
  "reply-quotes-utility": [
    422,
    "Cannot send this reply: a utility template cannot quote a message",
    "Leave out replyToMid",
  ],
  "idempotency-key-reused": [
    409,
    "Cannot accept this reply: its Idempotency-Key belongs to another one",
    "Use a new key for each reply",
  ],
});
