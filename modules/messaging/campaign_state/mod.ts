/** The status and the counts of campaigns and sequences: the only place that changes them. */
export {
  type ChangedCampaign,
  foldCounts,
  keepRecent,
  measureSpeed,
  readCounts,
  storeCounted,
  takeDueCount,
} from "./counts.ts";
export { beginSequence, endSequence, holdRunning } from "./sequence_transitions.ts";
export {
  type CampaignRef,
  cancelCampaign,
  finishCampaigns,
  isPastBackOff,
  pauseByThemselves,
  pauseCampaign,
  recordFailure,
  resumeCampaign,
  sendAgain,
  takeUnnotified,
} from "./stops.ts";
export {
  beginRunning,
  completeScheduled,
  endPlan,
  insertOccurrence,
  keepPlanning,
  launchDraft,
  recur,
  startScheduled,
  undoScheduled,
} from "./transitions.ts";
export { byItself, pausedByItself, say as sayOfCampaign } from "./problems.ts";
