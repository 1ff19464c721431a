import { defineProblems, defineTerms, defineThings } from "#std";

defineThings(["sequence", "step", "enrolment"]);

/** A sequence "is" one of these. */
defineTerms("sequence-status", {
  draft: "a draft",
  running: "running",
  paused: "paused",
  cancelled: "stopped",
});

export const problem = defineProblems({
  "sequence-not-adding": [
    409,
    'Cannot add people to sequence "{name}": it is {status@sequence-status}',
    "Start it first",
  ],
  "hours-zone-unknown": [
    422,
    'Cannot save the business hours: the time zone "{zone}" is unknown',
    "Choose one such as Europe/Berlin",
  ],
  "hours-invalid": [
    422,
    "Cannot save the business hours: a time span ends before it starts",
    "Split hours that go past midnight at 24:00",
  ],
  "hours-missing": [
    422,
    "Cannot save the away message: it needs business hours",
    "Set them, or remove the away message",
  ],
  "sequence-worn-out": [
    409,
    "Cannot add another step: the sequence has had {most}, its limit",
    "Duplicate it",
  ],
  "sequence-running": [
    409,
    'Cannot edit sequence "{name}": it is {status@sequence-status}',
    "Pause it first",
  ],
  "sequence-has-run": [409, 'Cannot delete sequence "{name}": it has run', "Stop it instead"],
  "sequence-not-startable": [
    409,
    'Cannot start sequence "{name}": it is {status@sequence-status}',
    "Only a draft or a paused sequence can be started",
  ],
  "sequence-archived": [409, 'Cannot start sequence "{name}": it is archived', "Restore it first"],
  "sequence-not-running": [
    409,
    'Cannot pause sequence "{name}": it is {status@sequence-status}',
    "Only a running sequence can be paused",
  ],
  "sequence-not-stoppable": [
    409,
    'Cannot stop sequence "{name}": it is {status@sequence-status}',
    "Only a running or paused sequence can be stopped",
  ],
  "sequence-live": [409, 'Cannot archive sequence "{name}": it is {status@sequence-status}', "Stop it first"],
  "sequence-names-missing": [
    422,
    "Cannot save the sequence: this workspace does not have some of its {kind@missing-kind}",
    "Choose others",
  ],
  "trigger-words-empty": [422, "Cannot save the sequence: its keywords are empty", "Enter at least one"],
  "trigger-invalid": [422, "Cannot save the sequence: its trigger can never happen: {mistake}"],
});

defineTerms("missing-kind", { tags: "tags", fields: "custom fields", pages: "pages" });
