import { defineProblems, defineSentences, defineTerms, defineThings } from "#std";

defineThings(["template", "utility-template", "file", "image", "picture"]);

/** Parts that may use a template or a file. */
defineTerms("use", { template: "the template", sequence: "the sequence", campaign: "the campaign" });

/** Messages that can be written in several languages. */
defineTerms("translated", {
  welcome: "welcome message",
  away: "away message",
  stop: "reply to STOP",
  start: "reply to START",
  deletion: "deletion page",
});

defineTerms("file-kind", { image: "images", file: "files", audio: "audio", video: "videos" });

defineTerms("message-part", {
  text: "text",
  "text-above-buttons": "text above buttons",
  "quick-reply-title": "quick reply title",
  "quick-reply-payload": "quick reply payload",
  "button-title": "button title",
  "button-payload": "button payload",
  "button-address": "button address",
  "button-address-end": "end of the button address",
  "card-title": "card title",
  "card-subtitle": "card subtitle",
  "card-image-address": "card image address",
  "template-value": "value of the utility template",
});

export const say = defineSentences({
  "part-empty": "The {part@message-part} is empty: enter one",
  "part-too-long": "The {part@message-part} has {length} characters: use at most {most}",
  "part-not-address": "The {part@message-part} must start with https:// or http:// and contain no spaces",
  "part-forbidden-sign": "The {part@message-part} must not contain #, $, % or emoji",
  "part-empty-without-value":
    "The text is empty for people without this value: add a fallback, like {example}",
  "variable-invalid": '"{variable}" is not a variable: use {example}',
  "variable-unknown": 'The variable "{variable}" does not exist: use one of {known}',
  "variable-open": "A variable is not closed: add {example} after its name",
  "message-empty": "The message is empty: enter a text, or add cards, a file or a utility template",
  "message-two-forms": 'The message has more than one form: remove this or "{other}"',
  "utility-quick-replies": "Utility messages take no quick replies: remove them",
  "too-many-quick-replies": "There are {count} quick replies: use at most {most}",
  "buttons-elsewhere": "Cards and utility templates have their own buttons: remove these",
  "file-not-in-library": "The media library does not have this file: choose another",
  "image-not-in-library": "The media library does not have this image: choose another",
  "buttons-under-file": "Messenger shows buttons only under images and videos: remove them",
  "cards-missing": "There are no cards: add one",
  "too-many-cards": "There are {count} cards: use at most {most}",
  "card-needs-more": "A card needs more than a title: add a subtitle, an image or a button",
  "card-two-images": "The card has two images: remove one",
  "too-many-buttons": "There are {count} buttons: use at most {most}",
  "phone-invalid": "The phone number is not valid: enter it with its country code, like +15105551234",
  "address-host-variable": "The host of the address must not contain a variable: enter the host itself",
  "address-invalid": "The address must start with https:// or http://",
  "utility-not-approved": 'No page has an approved utility template "{name}" in "{language}": choose another',
  "utility-parameter-unknown": "The template does not have this parameter. It has: {known}",
  "draft-empty": "The text is empty: enter one",
  "draft-too-long": "The text has {length} characters: use at most {most}",
  "placeholder-invalid": "Use lowercase letters, digits and _ in placeholders, like {example}",
  "placeholder-open": "A placeholder is not closed or has no name: write {example}",
  "placeholder-sample-missing": "Meta needs a sample for each value: add one",
  "placeholder-at-edge": "The text must not start or end with a placeholder",
  "placeholder-too-many": "The text has too many placeholders: use at least two words for each",
  "placeholder-mixed": "Use either names or numbers as placeholders, not both",
  "placeholder-order": "Number the placeholders 1, 2, 3 in their order",
  "address-may-end-open": "The address must start with https:// and may end with {example}",
  "address-sample-missing": "Meta needs a sample for the end of the address: add one",
});

export const problem = defineProblems({
  "template-invalid": [422, "Cannot use this template: {mistake}"],
  "content-invalid": [422, "Cannot use this message: {mistake}"],
  "default-missing": [
    422,
    "Cannot save the translations of the {name@translated}: it has no default",
    "Write the default first",
  ],
  "template-exists": [
    409,
    'Cannot create "{name}" in "{language}": each page already has it or is not connected',
    "Delete it first, or choose another name",
  ],
  "template-in-use": [
    409,
    'Cannot delete "{name}" on the page "{page}": {use@use} "{useName}" sends it',
    "Wait until it ends, or cancel it",
  ],
  "too-many-searches": [
    429,
    "Cannot search Meta's template library: this workspace made {most} searches within a minute",
    "Wait {seconds} seconds and try again",
  ],
  "template-name-taken": [
    409,
    'Cannot save the template: another one is named "{name}"',
    "Choose another name",
  ],
  "upload-empty": [422, "Cannot add this file: it is empty", "Choose another file"],
  "upload-too-large": [
    422,
    "Cannot add this file: it has {size} MB, and Meta accepts {kind@file-kind} up to {most} MB",
    "Make it smaller",
  ],
  "file-in-use": [409, 'Cannot delete this file: {use@use} "{useName}" uses it', "Remove it there first"],
  "file-in-auto-replies": [
    409,
    "Cannot delete this file: the automatic replies of a page use it",
    "Remove it there first",
  ],
  "file-in-consent-replies": [
    409,
    "Cannot delete this file: the reply to STOP or START uses it",
    "Remove it under Sending rules first",
  ],
  "file-in-messages": [409, "Cannot delete this file: messages were sent or wait with it", "Keep it"],
});
