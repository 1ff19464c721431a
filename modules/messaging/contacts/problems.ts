import { defineProblems, defineSentences, defineTerms, defineThings } from "#std";

/** Parts that may use a tag or a field. */
defineTerms("label-use", {
  segment: "the segment",
  sequence: "the sequence",
  campaign: "the campaign",
  template: "the template",
  "auto-replies": "the welcome or away message of the page",
});

defineThings(["contact", "tag", "custom-field", "suppression"]);

export const say = defineSentences({
  "value-not-text": '"{label}" must be a text of at most {most} characters',
  "value-not-option": '"{label}" must be one of: {options}',
  "value-not-number": '"{label}" must be a number, such as 12.5',
  "value-not-date": '"{label}" must be a date, such as 2026-11-24',
  "value-not-checkbox": '"{label}" must be yes or no',
  // Stored with a contact and read back by their words: here, in inbound and in transfers.
  "consent-suppressed": "On the suppression list",
  "consent-import": "Unsubscribed in an import",
  "consent-opted-out": "Opted out in Messenger",
  "consent-stopped": "Stopped notifications in Messenger",
  "consent-stopped-topic": "Stopped notifications in Messenger: {topic}",
  "consent-resumed": "Resumed notifications in Messenger",
  "consent-resumed-topic": "Resumed notifications in Messenger: {topic}",
  "consent-wrote": 'Wrote "{words}"',
  "consent-subscribed-by": "Subscribed by {name}",
  "consent-unsubscribed-by": "Unsubscribed by {name}",
});

export const problem = defineProblems({
  "contact-exists": [
    409,
    "Cannot create this contact: the page already has one with this PSID",
    "Open that one",
  ],
  "contact-timezone-unknown": [
    422,
    'Cannot use the time zone "{zone}": it is unknown',
    'Enter an IANA time zone such as "Europe/Berlin", or hours from UTC such as "-5"',
  ],
  "tag-unknown": [
    422,
    "Cannot set these tags: one of them no longer exists",
    "Reload the tags and try again",
  ],
  "too-many-tags": [422, "Cannot create another tag: a workspace has at most {most}", "Delete an unused one"],
  "tag-name-taken": [409, 'Cannot use the name "{name}": another tag has it', "Choose another name"],
  "options-invalid": [422, "Cannot create a dropdown: it has no options", "Add options"],
  "options-without-dropdown": [
    422,
    'Cannot add options to a field of type "{type}": only dropdowns have options',
    "Leave them out",
  ],
  "too-many-fields": [
    422,
    "Cannot create another field: a workspace has at most {most}",
    "Delete an unused one",
  ],
  "key-taken": [409, 'Cannot use the key "{key}": another field has it', "Choose another key"],
  "option-in-use": [
    409,
    'Cannot remove the option "{option}": contacts have it',
    "Give them another value first",
  ],
  "block-on-facebook": [
    422,
    'Cannot block on Facebook only: "blockOnFacebook" requires "blocked": true',
    "Send both. Unblocking undoes both",
  ],
  "contact-unknown": [
    422,
    "Cannot merge these contacts: one of them no longer exists in this workspace",
    "Reload the contacts and try again",
  ],
  "person-too-large": [
    409,
    "Cannot merge these contacts: a person has at most {most}",
    "Separate some of them first",
  ],
  "field-unknown": [422, 'Cannot set "{key}": this workspace has no such custom field', "Check the key"],
  "field-invalid": [422, 'Cannot set "{key}": {mistake}'],
  "field-in-use": [
    409,
    'Cannot delete this field: {use@label-use} "{name}" uses it',
    "Remove it there first",
  ],
  "tag-in-use": [409, 'Cannot delete this tag: {use@label-use} "{name}" uses it', "Remove it there first"],
  "field-in-consent-replies": [
    409,
    "Cannot delete this field: the reply to STOP or START uses it",
    "Remove it under Sending rules first",
  ],
  "tag-in-consent-replies": [
    409,
    "Cannot delete this tag: the reply to STOP or START uses it",
    "Remove it under Sending rules first",
  ],
  "word-twice": [
    422,
    'Cannot use "{word}" both to opt out and to opt in: it can only do one',
    "Remove it from one list",
  ],
  "quiet-hours-empty": [
    422,
    "Cannot save the quiet hours: they start and end at the same time",
    "Change one, or turn them off",
  ],
});
