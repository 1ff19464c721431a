import { defineSentences, defineTerms, type Sentence } from "#std";

/** Work on a campaign that may fail. */
defineTerms("campaign-work", {
  start: "Starting the campaign",
  plan: "Planning its recipients",
});

/** Why a campaign stands still, as it is stored. */
export const say = defineSentences({
  "paused-by": "Paused by {name}",
  "cancelled-by": "Canceled by {name}",
  "stopped-by": "Stopped by {name}",
  "paused-alike":
    "Paused by itself: Meta refused {count} messages for the same reason. {reason@reason}. Cancel the campaign, and send a corrected copy",
  "paused-step-alike":
    "Paused by itself: Meta refused {count} messages for the same reason. {reason@reason}. Edit that step, and start the sequence again",
  "paused-failures":
    "Paused by itself: {failed} of the last {results} messages failed, more than {limit} %. Check the results by reason",
  "paused-opt-outs":
    "Paused by itself: {count} of {sent} people opted out, more than {limit} %. Check the audience and the message",
  "paused-slow":
    "Paused by itself: {work@campaign-work} took too long {times} times. Simplify its audience, or resume it to try again",
  "paused-failing":
    "Paused by itself: {work@campaign-work} failed {times} times. Resume it to try again; the server's log has the cause",
  "paused-problem": "Paused by itself: {problem}. Cancel the campaign, and send a corrected copy",
  "paused-warned":
    'Paused by itself: {warning} ("{page}"). Check the page\'s Support Inbox on Facebook before you resume it',
});

/** Stands before the reason of a pause that nobody asked for. */
export const pausedByItself = "Paused by itself: ";

/** The reason alone, as the functions that pause want it. */
export const byItself = ({ text }: Sentence): string => text.slice(pausedByItself.length);
