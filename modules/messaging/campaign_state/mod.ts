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
  beginRunning,
  cancelCampaign,
  completeScheduled,
  endPlan,
  finishCampaigns,
  insertOccurrence,
  isPastBackOff,
  keepPlanning,
  launchDraft,
  pauseByThemselves,
  pauseCampaign,
  recordFailure,
  recur,
  resumeCampaign,
  sendAgain,
  startScheduled,
  takeUnnotified,
  undoScheduled,
} from "./transitions.ts";
export { byItself, pausedByItself, say as sayOfCampaign } from "./problems.ts";
