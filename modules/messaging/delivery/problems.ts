import { defineProblems, defineSentences } from "#std";

/** Why a page's sending, or that of every page, is held: stored as its English text. */
export const say = defineSentences({
  "hold-disconnected": "The page is disconnected",
  "hold-not-connected": "The page is not connected",
  "hold-switched-off": "The workspace is switched off",
  "hold-unreachable": "Meta cannot be reached",
  "hold-page-limit": "Nearly all of Meta's limit is used",
  "hold-app-limit": "Nearly all of Meta's limit for the whole app is used",
});

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
