import { defineProblems } from "#std";

const failed = "Cannot use this campaign";

export const problem = defineProblems({
  "audience-kind": [
    422,
    `${failed}: private replies go to people who commented, and only private replies do`,
    'Use the audience commentsOn with the kind "private_reply" only',
  ],
  "audience-undecided": [422, `${failed}: its audience is not selected`, "Select an audience"],
  "audience-page-missing": [
    422,
    `${failed}: a page of its audience no longer exists`,
    "Choose the pages again",
  ],
  "audience-contacts-missing": [422, `${failed}: none of the selected contacts exist`, "Select others"],
  "audience-invalid": [422, `${failed}: its segment does not exist`, "Choose another segment"],
  "variants-weights": [
    422,
    `${failed}: the weights of its variants add up to {total} instead of 100`,
    "Adjust the percentages",
  ],
  "variants-invalid": [
    422,
    `${failed}: each variant needs either a content or a template`,
    "Pass content or templateId, not both",
  ],
  "variant-missing": [
    422,
    "Cannot send a test: the variant {variant} does not exist",
    "Choose another variant",
  ],
  "split-invalid": [
    422,
    `${failed}: a split test needs at least two variants`,
    "Add a variant, or remove the split test",
  ],
  "split-without-goal": [
    422,
    `${failed}: a goal decides the winner, but the campaign has no goal`,
    "Add a goal, or decide by another number",
  ],
  "split-recurs-too-soon": [
    422,
    `${failed}: it repeats before the winner is known, and the remaining people would receive nothing`,
    "Choose the winner sooner, or repeat less often",
  ],
  "split-expires-too-soon": [
    422,
    `${failed}: it expires before the winner is known, and the remaining people would receive nothing`,
    "Choose the winner sooner, or let it expire later",
  ],
  "goal-never-reached": [422, `${failed}: its goal cannot be reached: {mistake}`],
  "goal-invalid": [422, `${failed}: the tag or field of its goal does not exist`, "Choose another goal"],
  "expiry-recurring": [
    422,
    `${failed}: a recurring campaign ends by its schedule, not by expiresAt`,
    "Leave expiresAt out, and set schedule.recurrence.until",
  ],
  "expiry-invalid": [422, `${failed}: it expires before it starts`, "Choose a later end"],
  "private-reply-hour": [
    422,
    `${failed}: a private reply cannot wait for each contact's best time`,
    "Leave options.optimalHour out",
  ],
  "schedule-two-times": [
    422,
    `${failed}: it has one local time for everyone and a best time for each contact`,
    "Choose one of the two",
  ],
  "kind-needs-utility": [
    422,
    `${failed}: a utility campaign sends a utility template`,
    "Choose a utility template, or another kind",
  ],
  "kind-mismatch": [
    422,
    `${failed}: only a utility campaign sends a utility template`,
    "Choose another message, or the kind utility",
  ],
  "template-missing": [422, `${failed}: its template does not exist`, "Choose another template"],
  "contact-missing": [
    422,
    "Cannot send a test: this contact has no conversation",
    "Choose a contact who wrote to a page",
  ],
  "commenters-not-listed": [
    422,
    "Cannot list commenters by reason: they are known after the launch",
    "Launch the campaign, and see its recipients",
  ],
  "campaign-busy": [409, "Cannot save this campaign: others save it at the same time", "Try again"],
  "schedule-needed": [
    422,
    "Cannot remove the time of a scheduled campaign: it needs one",
    "Cancel the campaign, or choose another time",
  ],
  "campaign-not-deletable": [
    409,
    'Cannot delete campaign "{name}": it is {status@campaign-status}',
    "Archive it instead",
  ],
  "campaign-live": [
    409,
    'Cannot archive campaign "{name}": it is {status@campaign-status}',
    "Cancel it first",
  ],
  "invalid-name": [422, "Cannot save this campaign: its name is empty", "Enter a name"],
  "content-missing": [
    422,
    "Cannot save this campaign: it needs exactly one of content, templateId and variants",
    "Pass one of them",
  ],
  "campaign-not-editable": [
    409,
    'Cannot edit campaign "{name}": it is {status@campaign-status}',
    "Duplicate it and edit the copy",
  ],
  "campaign-starting": [
    409,
    'Cannot edit campaign "{name}": it starts within a minute',
    "Undo its launch first",
  ],
  "calendar-range": [
    422,
    "Cannot show this calendar: `until` must be at most {days} days after `from`",
    "Choose a shorter time",
  ],
  "approval-asked": [
    409,
    'Cannot request approval of campaign "{name}": it was requested or given, or the campaign has started',
    "Reload the campaign",
  ],
  "approval-changed": [
    409,
    'Cannot decide on campaign "{name}": it changed since you opened it',
    "Reload the campaign and review it again",
  ],
  "approval-not-asked": [
    409,
    'Cannot decide on campaign "{name}": nobody requested approval',
    "Reload the campaign",
  ],
});
