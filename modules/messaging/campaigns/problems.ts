import { defineProblems, defineTerms, defineThings } from "#std";

defineThings(["campaign", "variant"]);

/** A campaign "is" one of these. */
defineTerms("campaign-status", {
  draft: "a draft",
  scheduled: "scheduled",
  planning: "being prepared",
  running: "running",
  paused: "paused",
  completed: "completed",
  cancelled: "canceled",
});

export const problem = defineProblems({
  "schedule-zone-unknown": [
    422,
    'Cannot schedule this campaign: the time zone "{zone}" is unknown',
    'Choose one such as "Europe/Berlin"',
  ],
  "schedule-without-time": [
    422,
    "Cannot schedule this campaign: it has no time",
    "Choose a time, or send it now",
  ],
  "schedule-invalid": [
    422,
    "Cannot schedule this campaign: its time is in the past",
    "Choose a time in the future, or send it now",
  ],
  "schedule-zones-recurring": [
    422,
    "Cannot schedule this campaign: a recurring campaign runs in one time zone",
    "Leave inContactZone out, or send it once",
  ],
  "schedule-weekdays": [
    422,
    "Cannot schedule this campaign: weekdays belong to weekly campaigns, and only to those",
    "Choose weekdays for a weekly campaign, or remove them",
  ],
  "schedule-day-of-month": [
    422,
    "Cannot schedule this campaign: a day of the month belongs to monthly campaigns, and only to those",
    "Choose a day for a monthly campaign, or remove it",
  ],
  "schedule-never": [
    422,
    "Cannot schedule this campaign: it ends before its first time",
    "Choose a later end",
  ],
});
