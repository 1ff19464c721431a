import { defineProblems } from "#std";

export const problem = defineProblems({
  "campaign-not-draft": [
    409,
    'Cannot launch campaign "{name}": it is {status@campaign-status}',
    "Duplicate it to send again",
  ],
  "campaign-changed": [
    409,
    'Cannot launch campaign "{name}": another person launched or changed it at the same time',
    "Reload the campaign",
  ],
  "approval-missing": [
    409,
    'Cannot launch campaign "{name}": a manager must approve it first',
    "Request approval",
  ],
  "campaign-begun": [
    409,
    'Cannot undo the launch of campaign "{name}": it has started or changed',
    "Pause or cancel it instead",
  ],
  "campaign-not-live": [
    409,
    'Cannot pause campaign "{name}": it is {status@campaign-status}',
    "Only a running campaign can be paused",
  ],
  "campaign-not-paused": [
    409,
    'Cannot resume campaign "{name}": it is {status@campaign-status}',
    "Only a paused campaign can be resumed",
  ],
  "campaign-not-cancellable": [
    409,
    'Cannot cancel campaign "{name}": it is {status@campaign-status}',
    "Only a launched campaign that has not ended can be canceled",
  ],
  "nothing-failed": [
    409,
    'Cannot resend campaign "{name}": no failed recipients are left',
    "If a page kept people out, reconnect it or get its template approved first",
  ],
  "campaign-over": [409, 'Cannot resend campaign "{name}": it was canceled or has expired', "Duplicate it"],
  "split-missing": [
    409,
    'Cannot choose a winner of campaign "{name}": it is not a split test',
    "Choose another campaign",
  ],
  "split-decided": [
    409,
    'Cannot choose a winner of campaign "{name}": it already has one or is not running',
    "Reload the campaign",
  ],
});
